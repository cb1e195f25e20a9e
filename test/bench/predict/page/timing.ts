/** Rounds of several contestants in turn, so that all of them see the same machine: ms per operation, by name. */
export async function interleave<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, () => Promise<number> | number>>,
): Promise<Record<Name, number[]>> {
  const samples = {} as Record<Name, number[]>;
  const names = Object.keys(contestants) as Name[];
  for (const name of names) {
    samples[name] = [];
    // Once before it counts: the first run pays for compilation.
    await contestants[name]();
  }
  for (let round = 0; round < rounds; round++)
    for (const name of names) samples[name].push(await contestants[name]());
  return samples;
}

/** ms per operation of a loop of many: browsers' clocks are too coarse for one. */
export async function perOperation(
  count: number,
  operation: (index: number) => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < count; index++) await operation(index);
  return (performance.now() - started) / count;
}

export function perOperationNow(count: number, operation: (index: number) => unknown): number {
  const started = performance.now();
  for (let index = 0; index < count; index++) kept = operation(index);
  return (performance.now() - started) / count;
}

/** Written to, so that no engine may drop the loop's body; exported, so that none may drop this. */
export let kept: unknown;
