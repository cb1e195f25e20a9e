import { createPredictor, memory, type Tensors } from '@predcache/core';
import { openInference } from '@predcache/remote';
import { interleave, perOperation } from '../support/timing.js';
import { inferBare } from './bareRequest.js';

/** ms per inference of each round. */
export interface OverheadSamples {
  /** `predict` that misses and asks the cloud: key, tiers, routing and all. */
  readonly predict: number[];
  /** The client alone. */
  readonly engine: number[];
  /** The same bytes with `fetch` and nothing else. */
  readonly bare: number[];
}

export interface OverheadOptions {
  readonly baseUrl: string;
  /** Floats of the input; every request has another one. */
  readonly inputs: number;
  /** Floats of the output. */
  readonly outputs: number;
  readonly rounds: number;
  /** Inferences of each round. */
  readonly loops: number;
}

/** What `predict` and the client take beyond a bare `fetch`. Runs in pages and in Node. */
export async function measureClientOverhead(options: OverheadOptions): Promise<OverheadSamples> {
  const { baseUrl, inputs, outputs, rounds, loops } = options;
  const name = `binary-${outputs}`;
  const model = { name, version: '1' };
  const inCloud = openInference({ baseUrl, format: 'binary' });
  const predictor = createPredictor<Tensors, Tensors>({ model, tiers: [memory({ maxSize: 8e6 })], inCloud });
  const data = Float32Array.from({ length: inputs }, (_, index) => Math.fround(Math.cos(index)));
  let count = 0;
  const next = () => {
    data[0] = ++count;
    return data;
  };
  const nextInput = (): Tensors => ({ x: { type: 'float32', dims: [1, inputs], data: next() } });
  const samples = await interleave(rounds, {
    predict: () =>
      perOperation(loops, async () => {
        const { output, source } = await predictor.predict(nextInput());
        if (source !== 'in_cloud' || output.y?.data.length !== outputs) throw new Error(`from ${source}`);
      }),
    engine: () => perOperation(loops, () => inCloud.run([nextInput()], { model })),
    bare: () =>
      perOperation(loops, async () => {
        const answer = await inferBare(baseUrl, name, next());
        if (answer.length !== outputs) throw new Error(`${answer.length} floats`);
      }),
  });
  await predictor.dispose();
  return samples;
}
