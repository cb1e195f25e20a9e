import { setTimeout as pause } from 'node:timers/promises';

/** Settles once the condition holds; rejects when it does not within so many ms. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limit = 30_000,
): Promise<void> {
  const end = performance.now() + limit;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Not within ${limit / 1000} s: ${what}`);
    await pause(10);
  }
}
