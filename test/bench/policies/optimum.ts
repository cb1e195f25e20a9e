import { BitTree } from './bitTree.js';
import type { Trace } from './trace.js';

/**
 * How many requests of a trace hit at best in a cache of `capacity` entries that must insert every miss: it knows the
 * future, and evicts what is asked for again the latest, or never. L. A. Belady, "A study of replacement algorithms for
 * a virtual-storage computer", IBM Systems Journal 5(2), 1966.
 */
export function optimalHitsOf(trace: Trace, capacity: number): number {
  const next = nextRequests(trace);
  const end = next.length;
  // An entry is known by the request that comes for it next; those that none comes for are only counted.
  const awaited = new BitTree(end);
  let unwanted = 0;
  let held = 0;
  let hits = 0;
  for (let at = 0; at < end; at++) {
    if (awaited.has(at)) {
      hits++;
      awaited.delete(at);
    } else if (held < capacity) {
      held++;
    } else if (unwanted > 0) {
      unwanted--;
    } else {
      awaited.delete(awaited.highest());
    }
    if (next[at] === end) unwanted++;
    else awaited.add(next[at]!);
  }
  return hits;
}

/** For each request, which one asks for the same key next; the number of requests if none does. */
function nextRequests({ requests, keys }: Trace): Int32Array {
  const next = new Int32Array(requests.length);
  const following = new Int32Array(keys).fill(requests.length);
  for (let at = requests.length - 1; at >= 0; at--) {
    const key = requests[at]!;
    next[at] = following[key]!;
    following[key] = at;
  }
  return next;
}
