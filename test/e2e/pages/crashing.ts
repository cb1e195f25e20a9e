import { createPredictor, fromFunction, type Model, memory, type Tensors } from '@predcache/core';
import { onnx } from '@predcache/onnx';

const engine = onnx({
  worker: () => new Worker(new URL('./crashing.worker.ts', import.meta.url), { type: 'module' }),
});
const modelOf = (url: string): Model => ({ name: 'heavy', version: '1', url });
let phase = 'none';

const offered = {
  availability: (url: string) => engine.availability({ model: modelOf(url) }),
  /** How far a load has come. */
  phase: () => phase,
  begin(url: string): void {
    const onProgress = (progress: { readonly phase: string }) => {
      phase = progress.phase;
    };
    engine.load({ model: modelOf(url), onProgress }).catch((error) => {
      phase = error.code;
    });
  },
  /** Rows that stand for loads, by what the storage holds. */
  rows: () => Object.keys(localStorage).filter((row) => row.startsWith('predcache-loading')).length,
  /** Where a prediction comes from, with the device tried first. */
  async predict(url: string): Promise<string> {
    const predictor = createPredictor<Tensors, Tensors>({
      model: modelOf(url),
      tiers: [memory()],
      onDevice: engine,
      inCloud: fromFunction((input) => input),
    });
    const { source } = await predictor.predict({
      x: { type: 'float32', dims: [1], data: Float32Array.of(1) },
    });
    return source;
  },
};

export type CrashingPage = typeof offered;
Object.assign(window, { crashingPage: offered });
