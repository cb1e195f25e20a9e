/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The same object, fit for `await using`: leaving the block disposes of it. Where the runtime has no
 * `Symbol.asyncDispose` yet, it stays as it is, and `dispose` does the same.
 *
 * @example
 * await using engine = asyncDisposable(fromFunction(run));
 */
export function asyncDisposable<T extends { dispose(): Promise<void> }>(object: T): T & AsyncDisposable {
  // Lib types promise it always.
  const symbol = Symbol.asyncDispose as symbol | undefined;
  if (symbol !== undefined)
    Object.defineProperty(object, symbol, {
      value: () => object.dispose(),
      configurable: true,
      writable: true,
    });
  return object as T & AsyncDisposable;
}
