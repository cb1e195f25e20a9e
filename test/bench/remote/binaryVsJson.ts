import type { Tensors } from '@predcache/core';
import { encodeInferRequest, openInference } from '@predcache/remote';
import { interleave, perOperation } from '../support/timing.js';

export interface FormatSamples {
  /** Bytes of the request's body. */
  readonly bytes: { readonly json: number; readonly binary: number };
  /** ms from asking to the output, of each round. */
  readonly ms: { readonly json: number[]; readonly binary: number[] };
}

const floats = 224 * 224 * 3;

/** An image of 224 × 224 × 3 floats sent, 1,000 floats back, in both formats. Runs in pages and in Node. */
export async function measureBinaryVsJson(baseUrl: string, rounds: number): Promise<FormatSamples> {
  // As pixels are after normalization: floats with all their digits.
  const data = Float32Array.from({ length: floats }, (_, index) => ((index * 31) % 256) / 255 - 0.485);
  const inputs: Tensors = { image: { type: 'float32', dims: [1, 224, 224, 3], data } };
  const run = (format: 'json' | 'binary') => {
    const engine = openInference({ baseUrl, format });
    const model = { name: `${format}-1000`, version: '1' };
    return () => perOperation(1, () => engine.run([inputs], { model }));
  };
  const ms = await interleave(rounds, { json: run('json'), binary: run('binary') });
  const size = (format: 'json' | 'binary') => encodeInferRequest({ inputs }, format).body.length;
  return { bytes: { json: size('json'), binary: size('binary') }, ms };
}
