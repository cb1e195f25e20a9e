/** More gain little in a browser, and take cores from the page. */
const most = 4;

/**
 * Threads for the wasm runtime: one wherever the page is not isolated, since threads need shared memory.
 *
 * @param wanted `undefined`: half the cores
 */
export function chooseThreads(wanted: number | undefined): number {
  if (globalThis.crossOriginIsolated !== true) return 1;
  if (wanted !== undefined) return Math.max(1, Math.floor(wanted));
  return Math.max(1, Math.min(most, Math.floor((globalThis.navigator?.hardwareConcurrency ?? 1) / 2)));
}
