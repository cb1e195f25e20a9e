import type { Trace } from '../bench/policies/trace.js';
import { TraceRecorder } from '../bench/policies/traceRecorder.js';

/** A trace of such requests, a string's characters for instance. */
export function traceOf(requests: Iterable<string | number>): Trace {
  const recorder = new TraceRecorder<string | number>();
  for (const key of requests) recorder.add(key);
  return recorder.trace('made');
}
