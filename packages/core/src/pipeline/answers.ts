import { now } from '../clock.js';
import type { PredictorEvent, Source, StoredSource } from '../events/events.js';
import { ageOf, lifetimeOf } from '../freshness.js';
import type { Prediction } from '../prediction.js';
import type { Edition } from './edition.js';
import { decodeOutputs } from './outputs.js';
import type { Resolution } from './resolver.js';
import type { Rules } from './rules.js';

/** An answer, before anybody's `decode`. */
export type Answer = Pick<Resolution, 'entry' | 'source' | 'age' | 'named' | 'agrees' | 'isShared'>;

/** Who is answered. */
export interface Asked {
  readonly edition: Pick<Edition<never>, 'named'>;
  readonly rules: Rules;
  /** When, by the clock that never goes back. */
  readonly started: number;
}

/** Makes of an answer what a caller gets, and reports what the request came to. */
export class Answers<Output> {
  readonly #decode: ((outputs: never) => Output) | undefined;
  readonly #report: (event: PredictorEvent) => void;

  constructor(decode: ((outputs: never) => Output) | undefined, report: (event: PredictorEvent) => void) {
    this.#decode = decode;
    this.#report = report;
  }

  /** What was stored. */
  hit(answer: Answer, asked: Asked): Prediction<Output> {
    const prediction = this.#envelope(answer, asked);
    const latency = now() - asked.started;
    const { key, cost } = answer.entry;
    this.#report({
      type: 'hit',
      key,
      source: answer.source as StoredSource,
      isStale: prediction.isStale,
      latency,
      age: prediction.age,
      timeSaved: Math.max(0, cost - latency),
    });
    return prediction;
  }

  /** What several may have waited for: the first one counts as the one it was for, the others as collapsed. */
  shared(answer: Answer, asked: Asked, isFirst: boolean): Prediction<Output> {
    const { entry, source, isShared = false } = answer;
    if (isFirst && !isEngineSource(source)) return this.hit(answer, asked);
    const prediction = this.#envelope(answer, asked);
    const latency = now() - asked.started;
    const { key, backend, cost } = entry;
    if (isFirst && !isShared && isEngineSource(source))
      this.#report({ type: 'computed', key, source, backend, latency, cost });
    else this.#report({ type: 'collapsed', key, source, latency });
    return prediction;
  }

  #envelope(
    { entry, source, age: ageAtSource = 0, named, agrees }: Answer,
    { edition, rules: { ttl } }: Asked,
  ): Prediction<Output> {
    const isStored = !isEngineSource(source) && source !== 'origin';
    const age = isStored ? ageOf(entry) : ageAtSource;
    const prediction = {
      output: decodeOutputs(entry.outputs, this.#decode),
      source,
      age,
      isStale: isStored && (age >= lifetimeOf(entry, ttl) || named !== undefined),
      model: named ?? edition.named,
      backend: entry.backend,
      key: entry.key,
    };
    return agrees === undefined ? prediction : { ...prediction, agrees };
  }
}

export function isEngineSource(source: Source): source is Exclude<Source, StoredSource> {
  return source === 'on_device' || source === 'in_cloud';
}
