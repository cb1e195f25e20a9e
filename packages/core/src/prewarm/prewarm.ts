import { firstOf, settledBy } from '../abortSignals.js';
import { now } from '../clock.js';
import { PredcacheError } from '../errors/predcacheError.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { savesData } from './savesData.js';

export interface PrewarmOptions {
  /**
   * `idle`: only while there is nothing else to do. `now`: at once, beside real requests.
   *
   * @default 'idle'
   */
  readonly priority?: 'idle' | 'now' | undefined;
  /**
   * Inputs under way at the same time: what an engine that takes batches may take at once.
   *
   * @default 8
   */
  readonly concurrency?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Ends it after what is under way. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PrewarmProgress) => void) | undefined;
}

export interface PrewarmProgress {
  /** Inputs that were computed. */
  readonly computed: number;
  /** Inputs whose answer was known. */
  readonly known: number;
  readonly failed: number;
  /** Absent where the inputs come from an iterator that does not tell. */
  readonly total?: number | undefined;
  /** An estimate of the ms that are left; absent without a total, and at the beginning. */
  readonly timeLeft?: number | undefined;
  /** Absent while it runs and when it came to its end. */
  readonly stoppedBy?: 'signal' | 'saveData' | 'disposed' | 'notDeterministic' | undefined;
}

/** Computes beforehand: `concurrency` workers take inputs from one iterator, and pause while real requests are under way. */
export async function prewarm<Input>(
  pipeline: Pipeline<Input, unknown>,
  inputs: Iterable<Input> | AsyncIterable<Input>,
  { priority = 'idle', concurrency = 8, tags, signal, onProgress }: PrewarmOptions,
): Promise<PrewarmProgress> {
  validate(priority, concurrency, inputs);
  const counts = { computed: 0, known: 0, failed: 0 };
  const total = totalOf(inputs);
  const started = now();
  let stoppedBy: PrewarmProgress['stoppedBy'];
  let underWay = 0;
  let hasFailed = false;

  const progress = (): PrewarmProgress => {
    const done = counts.computed + counts.known + counts.failed;
    const timeLeft =
      total === undefined || done === 0 ? undefined : ((now() - started) / done) * Math.max(0, total - done);
    return { ...counts, total, timeLeft, stoppedBy };
  };
  const isOver = () => {
    if (signal?.aborted) stoppedBy ??= 'signal';
    else if (savesData()) stoppedBy ??= 'saveData';
    else if (pipeline.isDisposed) stoppedBy ??= 'disposed';
    else if (!pipeline.edition.isCaching) stoppedBy ??= 'notDeterministic';
    return hasFailed || stoppedBy !== undefined;
  };
  const warm = async (input: Input): Promise<keyof typeof counts> => {
    try {
      const request = await pipeline.requestOf(input, { tags });
      if ((await pipeline.stored(request)) !== undefined) return 'known';
      // Another model came meanwhile: what this one says is of no use any longer.
      if (request.edition !== pipeline.edition) return warm(input);
      return (await pipeline.background(request, 'prewarm')) === undefined ? 'failed' : 'computed';
    } catch {
      // An input that cannot be keyed: the others can.
      return 'failed';
    }
  };
  const iterator = iteratorOf(inputs);
  const { signal: end, release } = firstOf(signal, pipeline.disposal);
  const work = async () => {
    while (!isOver()) {
      if (priority === 'idle') await pipeline.whenIdle(() => underWay);
      if (isOver()) return;
      // The app's iterator may wait for something that never comes.
      const next = await settledBy(iterator.next(), end).catch((error: unknown) => {
        if (!end.aborted) throw error;
      });
      if (next === undefined) continue;
      if (next.done) return;
      underWay++;
      const result = await warm(next.value);
      underWay--;
      counts[result]++;
      onProgress?.(progress());
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } catch (error) {
    // The app's iterator, or what it does with the progress.
    hasFailed = true;
    throw error;
  } finally {
    release();
    // It may hold something open. Not awaited: it may still be waiting, see above.
    iterator.return?.().catch(() => {});
  }
  return progress();
}

function iteratorOf<Input>(inputs: Iterable<Input> | AsyncIterable<Input>): AsyncIterator<Input> {
  async function* each() {
    yield* inputs as AsyncIterable<Input>;
  }
  return each();
}

function totalOf(inputs: object): number | undefined {
  if (Array.isArray(inputs)) return inputs.length;
  return inputs instanceof Set || inputs instanceof Map ? inputs.size : undefined;
}

function validate(priority: unknown, concurrency: unknown, inputs: unknown): void {
  if (priority !== 'idle' && priority !== 'now')
    throw invalid('priority', `It is ${JSON.stringify(priority)}`, "Pass 'idle' or 'now'");
  if (!Number.isInteger(concurrency) || Number(concurrency) < 1)
    throw invalid('concurrency', `It is ${JSON.stringify(concurrency)}`, 'Pass a whole number of 1 or more');
  const { [Symbol.iterator]: each, [Symbol.asyncIterator]: eachLater } = Object(inputs);
  if (typeof each !== 'function' && typeof eachLater !== 'function')
    throw invalid('inputs', `They are of type ${typeof inputs}`, 'Pass an array or another iterable');
}

function invalid(option: string, what: string, hint: string): PredcacheError {
  return new PredcacheError({ code: 'OPTIONS_INVALID', what, where: `prewarm, ${option}`, hint });
}
