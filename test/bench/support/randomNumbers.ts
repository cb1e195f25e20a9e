import { mix32 } from './mix32.js';

/** Numbers from 0 to below 1 that are the same for the same seed: a counter in steps of the golden ratio, mixed. */
export function randomNumbers(seed: number): () => number {
  let state = mix32(seed);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (mix32(state) >>> 0) / 2 ** 32;
  };
}
