import { randomNumbers } from '../support/randomNumbers.js';
import { zipf } from '../support/zipf.js';
import type { Trace } from './trace.js';
import { TraceRecorder } from './traceRecorder.js';

const requests = 200_000;
const keys = 20_000;

/** What kinds of traffic there are in books, the same in every run. */
export function generatedTraces(): Trace[] {
  return [
    recorded('zipf07', zipf(keys, 0.7, randomNumbers(1))),
    recorded('zipf09', zipf(keys, 0.9, randomNumbers(2))),
    recorded('zipf11', zipf(keys, 1.1, randomNumbers(3))),
    recorded('scans', scans(zipf(keys, 0.9, randomNumbers(4)))),
    recorded('loop', (at) => at % keys),
    recorded('shifting', shifting(zipf(keys, 0.9, randomNumbers(5)))),
  ];
}

function recorded(name: string, keyAt: (at: number) => number): Trace {
  const recorder = new TraceRecorder<number>();
  for (let at = 0; at < requests; at++) recorder.add(keyAt(at));
  return recorder.trace(name);
}

/** Favourites, but the last quarter of every 10,000 requests goes on through a long list that nobody else asks for. */
function scans(favourite: () => number): (at: number) => number {
  let scanned = 0;
  return (at) => (at % 10_000 < 7_500 ? favourite() : keys + (scanned++ % keys));
}

/** Every 10,000 requests the 500 greatest favourites lose all favour, and the next ones move up. */
function shifting(rank: () => number): (at: number) => number {
  return (at) => (rank() + 500 * Math.floor(at / 10_000)) % keys;
}
