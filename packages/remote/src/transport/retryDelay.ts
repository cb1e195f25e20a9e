const first = 100;
const longest = 5_000;

/**
 * ms before the next try, with full jitter: anything up to a bound that doubles with each try, so that clients that
 * failed together do not come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param tries how many there have been
 * @param asked what `Retry-After` says, in ms: never sooner than that
 */
export function retryDelay(tries: number, asked: number | undefined): number {
  const bound = Math.min(longest, first * 2 ** (tries - 1));
  return (asked ?? 0) + Math.random() * bound;
}
