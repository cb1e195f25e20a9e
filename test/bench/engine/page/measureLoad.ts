import { createPredictor, memory } from '@predcache/core';
import * as ort from 'onnxruntime-web/wasm';
import { engineOf } from './measureEngine.js';
import { type Subject, type SubjectName, subjects } from './subjects.js';

/** Who answers: the SDK, ONNX Runtime on the page's own thread, or nobody. */
export type Answering = 'sdk' | 'mainThread' | 'nobody';

export const loadBegins = 'predcache load begins';
export const loadEnds = 'predcache load ends';

/** So many requests a second for some seconds, every input another one; between two marks. Gives how many were answered. */
export async function runLoad(answering: Answering, name: SubjectName, seconds: number, rate: number) {
  const { model, input } = subjects[name]();
  const { answer, end } = await answers[answering](model.url!, name);
  const requests = seconds * rate;
  let number = 0;
  let answered = 0;
  // What the first ones cost is compiling.
  for (; number < 200; number++) await answer(input(number));
  performance.mark(loadBegins);
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    let asked = 0;
    const askThoseDue = () => {
      const due = Math.min(requests, ((performance.now() - started) / 1000) * rate);
      for (; asked < due; asked++) {
        answer(input(number++)).then(() => {
          answered++;
          if (answered === requests) resolve();
        }, reject);
      }
      if (asked < requests) setTimeout(askThoseDue, 1);
    };
    askThoseDue();
  });
  performance.mark(loadEnds);
  await end();
  return answered;
}

type Input = ReturnType<Subject['input']>;

const answers: Record<
  Answering,
  (
    url: string,
    name: SubjectName,
  ) => Promise<{ answer(input: Input): Promise<unknown>; end(): Promise<void> }>
> = {
  async sdk(_, name) {
    const { model } = subjects[name]();
    const predictor = createPredictor({ model, tiers: [memory()], onDevice: engineOf() });
    await predictor.load();
    return { answer: (input) => predictor.predict(input), end: () => predictor.dispose() };
  },
  async mainThread(url) {
    ort.env.wasm.numThreads = 1;
    const response = await fetch(url);
    const session = await ort.InferenceSession.create(await response.arrayBuffer(), {
      executionProviders: ['wasm'],
    });
    // One session takes one run at a time.
    let last: Promise<unknown> = Promise.resolve();
    return {
      answer: (input) => {
        const run = last.then(async () => {
          const tensors: Record<string, ort.Tensor> = {};
          for (const [tensor, { type, data, dims }] of Object.entries(input))
            tensors[tensor] = new ort.Tensor(type as 'float32', data as Float32Array, dims);
          return session.run(tensors);
        });
        last = run;
        return run;
      },
      end: () => session.release(),
    };
  },
  async nobody() {
    return { answer: async () => {}, end: async () => {} };
  },
};
