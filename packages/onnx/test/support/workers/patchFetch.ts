type Answer = (url: string) => Response | Promise<Response> | undefined;

/** Lets `answer` decide about every fetch of this worker before the network is asked. Import before the engine. */
export function patchFetch(answer: Answer): void {
  const fetchFromNetwork = globalThis.fetch.bind(globalThis);
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    return (await answer(url)) ?? fetchFromNetwork(input, init);
  };
}
