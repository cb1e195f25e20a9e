import {
  createPredictor,
  fromFunction,
  type Invalidation,
  memory,
  type PredictOptions,
} from '@predcache/core';
import { indexedDB } from '@predcache/indexeddb';

let runs = 0;
let isHeld = false;
let release = () => {};
let released = Promise.resolve();

/** Answers with the model's version, what the data say at the beginning, and the text. */
const engine = fromFunction(async (text: string, { model, signal }) => {
  runs++;
  const data = localStorage.getItem('data') ?? 'first';
  await released;
  signal.throwIfAborted();
  return `${model.version} ${data} ${text}`;
});

const tier = indexedDB();
const predictor = createPredictor<string, string>({
  model: { name: 'tabs', version: new URLSearchParams(location.search).get('version') ?? '1' },
  tiers: [memory(), tier],
  onDevice: engine,
});

const offered = {
  ready: () => tier.ready(),
  runs: () => runs,
  /** Computations do not come to their end until they are released. */
  hold(): void {
    if (isHeld) return;
    isHeld = true;
    released = new Promise((resolve) => {
      release = resolve;
    });
  },
  release(): void {
    isHeld = false;
    release();
  },
  /** How the world is from now on, in every tab. */
  change: (data: string) => localStorage.setItem('data', data),
  /** Outputs and sources of so many requests at once. */
  async ask(text: string, options: PredictOptions = {}, times = 1): Promise<[string, string][]> {
    const asked = Array.from({ length: times }, () => predictor.predict(text, options));
    return (await Promise.all(asked)).map(({ output, source }) => [output, source]);
  },
  peek: (text: string) => predictor.peek(text)?.output,
  stored: async (text: string) => (await predictor.cache.get(text))?.output,
  /** What the tier that tabs share has, past memory. */
  async onDisk(text: string): Promise<string | undefined> {
    const prediction = await predictor.cache.get(text);
    if (prediction === undefined) return undefined;
    const [entry] = await tier.getMany([prediction.key]);
    return entry?.outputs as string | undefined;
  },
  put: (text: string, output: string) => predictor.put(text, output),
  invalidate: (what: Invalidation<string>) => predictor.invalidate(what),
  invalidateContaining: (part: string) => predictor.invalidate({ where: ({ tags }) => tags.includes(part) }),
  async update(version: string): Promise<void> {
    await predictor.updateModel({ version });
  },
};

export type PredictorPage = typeof offered;
Object.assign(window, { predictorPage: offered });
