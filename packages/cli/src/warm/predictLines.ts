import { PredcacheError, type Predictor, toPredcacheError } from '@predcache/core';
import type { Line } from '../inputs/lines.js';
import { readJson } from '../inputs/readJson.js';
import { badLine, isOfOneInput } from './badLine.js';
import type { WarmOptions } from './warmOptions.js';
import { windowsOf } from './windows.js';

export interface PredictLinesOptions extends Pick<WarmOptions, 'skipBad' | 'onBadLine'> {
  readonly predictor: Predictor<unknown, unknown>;
  readonly lines: AsyncIterable<Line>;
  /** Where the lines come from, for messages. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Hears after some lines how many there were, and up to which byte. */
  readonly onLines: (inputs: number, bytes: number) => void;
}

export interface LineCounts {
  readonly good: number;
  readonly bad: number;
}

/**
 * Predicts every line, a window of them at a time, so that the pipeline batches them.
 *
 * @throws {PredcacheError} for the first line that cannot be predicted, unless `skipBad`; for what is no line's fault;
 *   `INPUT_INVALID` when not one line could be predicted; the signal's reason.
 */
export async function predictLines({
  predictor,
  lines,
  name,
  signal,
  skipBad = false,
  onBadLine,
  onLines,
}: PredictLinesOptions): Promise<LineCounts> {
  let good = 0;
  let bad = 0;
  for await (const window of windowsOf(lines)) {
    const failures = await failuresOf(window, predictor, signal);
    signal.throwIfAborted();
    for (const [index, failure] of failures.entries()) {
      if (failure === undefined) {
        good++;
        continue;
      }
      if (!isOfOneInput(failure)) throw failure;
      const line = window[index]!.number;
      const error = badLine(failure, { inputs: name, line, isSkipped: skipBad });
      if (!skipBad) throw error;
      bad++;
      onBadLine?.(error);
    }
    onLines(good + bad, window.at(-1)!.end);
  }
  if (good === 0) throw nothingToPredict(name, bad);
  return { good, bad };
}

/** What became of each line: `undefined` where it went well. */
function failuresOf(
  window: readonly Line[],
  predictor: Predictor<unknown, unknown>,
  signal: AbortSignal,
): Promise<readonly (PredcacheError | undefined)[]> {
  return Promise.all(
    window.map(async ({ bytes }) => {
      try {
        await predictor.predict(readJson(bytes), { signal });
        return undefined;
      } catch (error) {
        return toPredcacheError(error, { code: 'ENGINE_FAILED', where: 'predict', hint: 'See the cause' });
      }
    }),
  );
}

function nothingToPredict(name: string, bad: number): PredcacheError {
  return new PredcacheError({
    code: 'INPUT_INVALID',
    what: bad === 0 ? 'There are no inputs' : `None of the ${bad} inputs could be predicted`,
    where: name,
    hint: 'Write one JSON value a line',
  });
}
