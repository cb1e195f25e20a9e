import type { Source } from './events/events.js';

/** An answer, and where it came from. */
export interface Prediction<Output> {
  readonly output: Output;
  readonly source: Source;
  /** ms since it was computed; 0 when it was computed for this request. */
  readonly age: number;
  /** True when it is past its freshness, or of the model before. */
  readonly isStale: boolean;
  readonly model: { readonly name: string; readonly version: string };
  /** What computed it, for instance `wasm`. */
  readonly backend: string;
  /** Only with `cache: 'no-cache'`: whether what was stored equals this answer; absent where nothing was stored. */
  readonly agrees?: boolean;
  /** 64 hexadecimal digits; the same for the same model and input in every page, in Node and at the gateway. */
  readonly key: string;
}
