interface IdleScope {
  readonly requestIdleCallback?: (callback: () => void, options: { readonly timeout: number }) => unknown;
}

/** ms after which work for idle times is done although there is none. */
const longestWait = 1000;

/** Settles when there seems to be nothing to do: by the browser's word where it has one (Safari has not). */
export async function whenIdle(isBusy: () => boolean): Promise<void> {
  const until = Date.now() + longestWait;
  do await nextIdlePeriod();
  while (isBusy() && Date.now() < until);
}

function nextIdlePeriod(): Promise<void> {
  return new Promise((resolve) => {
    const { requestIdleCallback } = globalThis as IdleScope;
    if (requestIdleCallback === undefined) setTimeout(resolve, 0);
    else requestIdleCallback(() => resolve(), { timeout: longestWait });
  });
}
