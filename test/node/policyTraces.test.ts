import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Cell, cellsOf } from '../bench/policies/cells.js';
import { type Contestant, contestantNames } from '../bench/policies/contestants.js';
import { findTraces, readTrace } from '../bench/policies/traceFiles.js';
import { root } from '../support/runningCommand.js';

/** Two real traces, which are not ours to hand on: there only where someone has put them. */
const folder = path.join(root, '../shared/traces');

/** What other simulators found, in the order of `compared`; for W-TinyLFU, the least that its adaptive form got. */
const compared = [
  'lru',
  'fifo',
  'random',
  'lfu-plain',
  'lfu',
  'sieve',
  's3fifo',
  'wtinylfu',
  'optimum',
] as const;
const known: readonly (readonly [trace: string, entries: number, ...hitRatios: readonly number[]])[] = [
  ['web07', 205, 39.17, 36.32, 35.6, 30.64, 43.06, 42.2, 43.8, 42.8, 53.41],
  ['web07', 1024, 50.56, 47.88, 47.4, 45.2, 53.22, 53.44, 54.22, 53.5, 63.72],
  ['web07', 2048, 55.66, 53.12, 52.6, 51.64, 57.52, 57.93, 58.12, 57.4, 68.09],
  ['web07', 5121, 62.88, 60.77, 60.5, 63.5, 63.99, 64.2, 64.19, 63.2, 73.07],
  ['web12', 138, 39.79, 37.71, 35.6, 21.76, 43.46, 40.35, 41.08, 41.9, 58.54],
  ['web12', 688, 60.02, 56.27, 55.2, 47.79, 64.88, 63.55, 64.83, 64.5, 74.68],
  ['web12', 1376, 68.49, 64.54, 63.8, 60.16, 71.94, 71.68, 72.26, 71.5, 80.04],
  ['web12', 3439, 77.69, 74.33, 74.2, 76.27, 78.93, 79.05, 79.46, 78.5, 84.7],
];

/** How far below and above what is known a hit ratio may be, in points. Exact ones are off by their rounding alone. */
const tolerances: Readonly<Record<(typeof compared)[number], readonly [below: number, above: number]>> = {
  lru: [0.01, 0.01],
  fifo: [0.01, 0.01],
  optimum: [0.01, 0.01],
  random: [1, 1],
  'lfu-plain': [0.3, 0.3],
  lfu: [0.3, Infinity],
  sieve: [0.3, Infinity],
  s3fifo: [0.3, Infinity],
  wtinylfu: [0, Infinity],
};

describe.runIf(existsSync(folder))('on real traces', () => {
  it('every policy hits as often as it does elsewhere', async () => {
    const cells: Cell[] = [];
    for (const [name, file] of await findTraces(folder)) cells.push(...cellsOf(await readTrace(name, file)));
    for (const [trace, entries, ...hitRatios] of known) {
      const cell = cells.find((each) => each.trace === trace && each.entries === entries);
      expect(cell, `${trace} with ${entries} entries`).toBeDefined();
      for (const [at, name] of compared.entries()) {
        const [below, above] = tolerances[name];
        const ratio = Number(cell!.hitRatios[name].toFixed(2));
        const what = `${name} on ${trace} with ${entries} entries`;
        expect(ratio, what).toBeGreaterThanOrEqual(hitRatios[at]! - below - 1e-9);
        expect(ratio, what).toBeLessThanOrEqual(hitRatios[at]! + above + 1e-9);
      }
      // Of entries of one size and cost.
      expect(cell!.hitRatios.gdsf).toBeCloseTo(cell!.hitRatios.lfu, 9);
      expectNoneAbove('optimum', cell!);
    }
  }, 20_000);
});

function expectNoneAbove(best: Contestant, { hitRatios }: Cell): void {
  for (const name of contestantNames) expect(hitRatios[name]).toBeLessThanOrEqual(hitRatios[best]);
}
