/** ms on a clock that never goes back; only differences mean something. */
export function now(): number {
  return performance.now();
}
