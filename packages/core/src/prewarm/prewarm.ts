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
  readonly stoppedBy?: 'signal' | 'saveData' | 'disposed' | undefined;
}

/** Computes beforehand: `concurrency` workers take inputs from one iterator, and pause while real requests are under way. */
export async function prewarm<Input>(
  pipeline: Pipeline<Input, unknown>,
  inputs: Iterable<Input> | AsyncIterable<Input>,
  { priority = 'idle', concurrency = 8, tags, signal, onProgress }: PrewarmOptions,
): Promise<PrewarmProgress> {
  validate(priority, concurrency);
  const counts = { computed: 0, known: 0, failed: 0 };
  const total = totalOf(inputs);
  const started = now();
  let stoppedBy: PrewarmProgress['stoppedBy'];
  let underWay = 0;

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
    return stoppedBy !== undefined;
  };
  const warm = async (input: Input) => {
    underWay++;
    try {
      const request = await pipeline.requestOf(input, { tags });
      if ((await pipeline.stored(request)) !== undefined) counts.known++;
      else if ((await pipeline.background(request, 'prewarm')) !== undefined) counts.computed++;
      else counts.failed++;
    } catch {
      // An input that cannot be keyed: the others can.
      counts.failed++;
    }
    underWay--;
  };
  const iterator = iteratorOf(inputs);
  const work = async () => {
    while (!isOver()) {
      if (priority === 'idle') await pipeline.whenIdle(() => underWay);
      if (isOver()) break;
      const next = await iterator.next();
      if (next.done) return;
      await warm(next.value);
      onProgress?.(progress());
    }
    // The app's generator may hold something open.
    await iterator.return?.();
  };
  await Promise.all(Array.from({ length: concurrency }, work));
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

function validate(priority: unknown, concurrency: unknown): void {
  if (
    (priority === 'idle' || priority === 'now') &&
    Number.isInteger(concurrency) &&
    Number(concurrency) >= 1
  )
    return;
  throw new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `priority is ${JSON.stringify(priority)}, concurrency ${JSON.stringify(concurrency)}`,
    where: 'prewarm',
    hint: "Pass a priority of 'idle' or 'now', and a concurrency that is a whole number of 1 or more",
  });
}
