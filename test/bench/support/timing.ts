import { randomNumbers } from './randomNumbers.js';
import { shuffled } from './shuffled.js';

/**
 * Rounds of several contestants in turn, so that all of them see the same machine. Gives what each round of each
 * contestant gave, mostly ms per operation, by name. Works in pages and in Node.
 */
export async function interleave<Contestants extends Readonly<Record<string, () => unknown>>>(
  rounds: number,
  contestants: Contestants,
): Promise<SamplesOf<Contestants>> {
  const names = Object.keys(contestants);
  const samples = Object.fromEntries(names.map((name) => [name, [] as unknown[]]));
  // Once before it counts: the first run pays for compilation.
  for (const name of names) await contestants[name]!();
  const random = randomNumbers(1);
  for (let round = 0; round < rounds; round++) {
    // Another order each time: what one leaves to be done, in another process for instance, is paid for by the next.
    for (const index of shuffled(0, names.length, random)) {
      const name = names[index]!;
      samples[name]!.push(await contestants[name]!());
    }
  }
  return samples as SamplesOf<Contestants>;
}

type SamplesOf<Contestants extends Readonly<Record<string, () => unknown>>> = {
  [Name in keyof Contestants]: Awaited<ReturnType<Contestants[Name]>>[];
};

/** ms per operation of a loop of many: browsers' clocks are too coarse for one. */
export async function perOperation(
  count: number,
  operation: (index: number) => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < count; index++) await operation(index);
  return (performance.now() - started) / count;
}

/** ms per operation of a loop that takes so many ms: for contestants that may be a hundred times apart. */
export async function perOperationFor(time: number, operation: () => unknown): Promise<number> {
  const started = performance.now();
  let count = 0;
  let taken = 0;
  do {
    await operation();
    count++;
    taken = performance.now() - started;
  } while (taken < time);
  return taken / count;
}

export function perOperationNow(count: number, operation: (index: number) => unknown): number {
  const started = performance.now();
  for (let index = 0; index < count; index++) kept = operation(index);
  return (performance.now() - started) / count;
}

/** Written to, so that no engine may drop the loop's body; exported, so that none may drop this. */
export let kept: unknown;
