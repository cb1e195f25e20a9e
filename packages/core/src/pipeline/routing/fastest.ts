import type { EngineSource } from '../../engines/engine.js';
import type { Observed } from './observedTimes.js';

/** What is known of a request and the engines, at the moment of choosing. Times are in ms. */
export interface Choice {
  /** What each engine can be expected to take, with what waits for it already; `undefined` before its first answer. */
  readonly expected: Readonly<Record<EngineSource, Observed | undefined>>;
  /** Until the caller gives up. */
  readonly timeLeft: number | undefined;
}

export interface FastestOptions {
  /** Part of the requests that may go to the engine that seems the slower one. */
  readonly exploration: number;
  /** From 0 to below 1. */
  readonly random?: (() => number) | undefined;
}

/** Explorations that may be made in a row. */
const mostInARow = 2;
/** Answers of an engine from which on its time is taken for what it takes. */
const enoughAnswers = 3;
/** What an engine that has not answered yet is taken for, for the sake of the caller's timeout. */
const unknownFactor = 3;
/** A time to which another answer may well take. */
const safety = 2;

/**
 * Chooses between two engines that both can answer. Now and then it explores the one that seems slower: at once where
 * nothing is known of it, soon where little is, and later the more rarely the slower it is, so that exploring costs at
 * most `exploration` of the better one's time on average. In all it explores at most twice and `exploration` of the
 * requests.
 */
export class Fastest {
  readonly #exploration: number;
  readonly #random: () => number;
  /** Explorations that may be made. */
  #budget = mostInARow;

  constructor({ exploration, random = Math.random }: FastestOptions) {
    this.#exploration = exploration;
    this.#random = random;
  }

  choose(choice: Choice): EngineSource {
    const { expected } = choice;
    this.#budget = Math.min(mostInARow, this.#budget + this.#exploration);
    const better = betterOf(expected);
    const other = better === 'on_device' ? 'in_cloud' : 'on_device';
    if (this.#budget < 1 || !this.#isWorthExploring(expected[better], expected[other], choice.timeLeft))
      return better;
    this.#budget--;
    return other;
  }

  #isWorthExploring(
    better: Observed | undefined,
    other: Observed | undefined,
    timeLeft: number | undefined,
  ): boolean {
    // Nothing to compare it with yet: the first answer comes first.
    if (better === undefined) return false;
    const time = other?.time ?? better.time * unknownFactor;
    if (timeLeft !== undefined && timeLeft < safety * time) return false;
    if (other === undefined) return true;
    const rate = other.answers < enoughAnswers ? 1 : this.#exploration;
    return this.#random() < rate * Math.min(1, better.time / (time - better.time));
  }
}

/** The device where nothing says otherwise: it is ready, or it would not be asked about. */
function betterOf({ on_device, in_cloud }: Choice['expected']): EngineSource {
  if (in_cloud === undefined) return 'on_device';
  return on_device === undefined || in_cloud.time < on_device.time ? 'in_cloud' : 'on_device';
}
