import { asyncDisposable } from './asyncDisposable.js';
import { toPredcacheError } from './errors/toPredcacheError.js';
import type { PredictorEvent } from './events/events.js';
import { Listeners } from './events/listeners.js';
import { StatsReader } from './events/statsReader.js';
import { Outbox } from './origin/outbox.js';
import { claim, release, retain } from './ownership.js';
import { allOf } from './pipeline/allOf.js';
import { Pipeline } from './pipeline/pipeline.js';
import { withTimeout } from './pipeline/withTimeout.js';
import type { Predictor } from './predictor.js';
import { type PredictorOptions, validatePredictorOptions } from './predictorOptions.js';
import { prewarm } from './prewarm/prewarm.js';
import { prewarmFrom } from './prewarm/prewarmFrom.js';
import { cacheAside } from './strategies/cacheAside.js';
import { invalidate } from './strategies/invalidation.js';
import { Putting } from './strategies/putting.js';
import type { Tensors } from './tensor.js';
import { memory } from './tiers/memory.js';

/**
 * Makes a predictor: it answers from its tiers, else computes with an engine and remembers the answer. Making one
 * loads nothing; the first miss does.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`, naming the option.
 *
 * @example
 * const sentiment = createPredictor<string, { label: string }>({
 *   model: { name: 'sentiment', version: '3' },
 *   tiers: [memory({ maxSize: 4e6 })],
 *   onDevice: fromFunction(async (text: string) => ({ label: await classify(text) })),
 * });
 * const { output, source } = await sentiment.predict('what a day'); // source: 'on_device', later 'memory'
 */
export function createPredictor<Input = Tensors, Output = Tensors, Outputs = Tensors>(
  options: PredictorOptions<Input, Output, Outputs>,
): Predictor<Input, Output> {
  validatePredictorOptions(options);
  const { onDevice, inCloud, origin, outbox: store, maxInputSize = 64e6 } = options;
  const { maxQueueLength = 10_000, maxQueueSize = 256e6 } = options;
  // Copies: what the app does with its own later must not change what keys and tiers mean here.
  const model = Object.freeze({ ...options.model });
  const tiers = [...(options.tiers ?? [memory()])];
  const engines = [...new Set([onDevice, inCloud])].filter((engine) => engine !== undefined);
  const listeners = new Listeners<PredictorEvent>();
  const statsReader = new StatsReader();
  listeners.add(statsReader.read);
  const report = (event: PredictorEvent) => listeners.report(event);
  const pipeline = new Pipeline<Input, Output>({
    ...options,
    model,
    tiers,
    maxInputSize,
    maxQueueLength,
    maxQueueSize,
    report,
  });
  // Not before, so that options which make no sense leave nothing in use.
  try {
    if (store !== undefined) claim(store);
    retain([...tiers, ...engines]);
  } catch (error) {
    void pipeline.dispose();
    throw error;
  }
  const outbox = store === undefined || origin === undefined ? undefined : new Outbox({ store, origin });
  outbox?.subscribe(report);
  const putting = new Putting<Input>({ pipeline, origin, outbox, report });
  let disposal: Promise<void> | undefined;

  return asyncDisposable<Omit<Predictor<Input, Output>, typeof Symbol.asyncDispose>>({
    get model() {
      return pipeline.edition.model;
    },
    get modelId() {
      return pipeline.edition.modelId;
    },
    cache: cacheAside(pipeline),
    predict: (input, predictOptions = {}) =>
      withTimeout(predictOptions, options.timeout, (limited) => pipeline.predict(input, limited)),
    predictMany: async (inputs, predictOptions = {}) =>
      withTimeout(predictOptions, options.timeout, (limited) =>
        allOf(inputs, Math.ceil(maxQueueLength / 2), (input) => pipeline.predict(input, limited)),
      ),
    peek: (input) => pipeline.peek(input),
    load: (loadOptions = {}) => pipeline.load(loadOptions),
    signature: ({ signal } = {}) => pipeline.signature(signal),
    subscribe: (listener) => listeners.add(listener),
    stats: () => statsReader.snapshot(pipeline.usage()),
    flush: async (flushOptions = {}) => outbox?.flush(flushOptions) ?? { delivered: 0, left: 0 },
    put: (input, outputs, putOptions = {}) =>
      pipeline.untilDisposed(putOptions.signal, (signal) =>
        putting.put(input, outputs, { ...putOptions, signal }),
      ),
    invalidate: (what) => invalidate(what, pipeline),
    clear: () => pipeline.untilDisposed(undefined, () => pipeline.clear()),
    updateModel: (change, updateOptions = {}) => pipeline.updateModel(change, updateOptions),
    prewarm: (inputs, prewarmOptions = {}) => prewarm(pipeline, inputs, prewarmOptions),
    prewarmFrom: (url, packOptions = {}) =>
      pipeline.untilDisposed(packOptions.signal, (signal) =>
        prewarmFrom(pipeline, tiers, url, { ...packOptions, signal }),
      ),
    dispose: () => {
      disposal ??= dispose();
      return disposal;
    },
  });

  async function dispose(): Promise<void> {
    const closing = Promise.all([pipeline.dispose(), outbox?.dispose()]);
    const unusedEngines = engines.filter(release);
    const unusedTiers = tiers.filter(release);
    const ended = await Promise.allSettled([
      ...unusedEngines.map(async (engine) => engine.dispose()),
      closing.then(() => pipeline.close(unusedTiers)),
    ]);
    listeners.report({ type: 'disposed' });
    listeners.clear();
    const failed = ended.find((each) => each.status === 'rejected');
    if (failed === undefined) return;
    throw toPredcacheError(failed.reason, {
      code: 'ENGINE_FAILED',
      where: 'dispose of an engine',
      hint: 'See the cause',
    });
  }
}
