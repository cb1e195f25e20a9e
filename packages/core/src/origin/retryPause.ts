const shortest = 1_000;
const longest = 60_000;

/**
 * ms to wait after so many failures in a row: anything from 0 to 1 s, doubling with each up to 60 s. Random over the whole
 * span, so that those who failed together do not come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, "full jitter").
 */
export function retryPause(failures: number): number {
  return Math.random() * Math.min(longest, shortest * 2 ** (failures - 1));
}
