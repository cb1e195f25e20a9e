import { type Contestant, contestantNames, contestants } from './contestants.js';
import type { Trace } from './trace.js';

/** Sizes of the cache, in percent of a trace's keys. */
const sizes = [1, 5, 10, 25] as const;
/** Of fewer entries nothing can be learnt. */
const leastEntries = 10;

/** A trace replayed at one size of the cache. */
export interface Cell {
  readonly trace: string;
  /** In percent of the keys. */
  readonly size: number;
  readonly entries: number;
  /** Hits in percent of the requests. */
  readonly hitRatios: Readonly<Record<Contestant, number>>;
}

export function cellsOf(trace: Trace): Cell[] {
  return sizes.map((size) => {
    const entries = Math.max(leastEntries, Math.round((trace.keys * size) / 100));
    const ratioOf = (name: Contestant) => (100 * contestants[name](trace, entries)) / trace.requests.length;
    const hitRatios = Object.fromEntries(contestantNames.map((name) => [name, ratioOf(name)]));
    return { trace: trace.name, size, entries, hitRatios: hitRatios as Record<Contestant, number> };
  });
}
