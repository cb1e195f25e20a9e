/** A sequence of requests, ready to be replayed. */
export interface Trace {
  /** For instance `web07`. */
  readonly name: string;
  /** What was asked for, in order, as whole numbers from 0 to `keys` − 1. */
  readonly requests: Int32Array;
  /** How many different keys there are. */
  readonly keys: number;
}
