Object.defineProperty(Object.getPrototypeOf(navigator), 'locks', { value: undefined, configurable: true });
