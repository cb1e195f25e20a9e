import type { EngineSource } from '../../engines/engine.js';

/** What is known of a request and the engines, at the moment of choosing. Times are in ms. */
export interface Choice {
  /** What each engine can be expected to take, with what waits for it already; `undefined` before its first answer. */
  readonly expected: Readonly<Record<EngineSource, number | undefined>>;
  /** Until the caller gives up. */
  readonly timeLeft: number | undefined;
}

export interface FastestOptions {
  /** Part of the requests that may go to the engine that seems the slower one. */
  readonly exploration: number;
  /** From 0 to below 1. */
  readonly random?: (() => number) | undefined;
}

/** What an engine that has not answered yet is taken for, for the sake of the caller's timeout. */
const unknownFactor = 3;
/** A time to which another answer may well take. */
const safety = 2;

/**
 * Chooses between two engines that both can answer. Now and then it explores the one that seems slower: at once where
 * nothing is known of it, else the more rarely the slower it is, so that exploring costs at most `exploration` of the
 * better one's time on average. In all it never explores more than once and then `exploration` of the requests.
 */
export class Fastest {
  readonly #exploration: number;
  readonly #random: () => number;
  /** Explorations that may be made. */
  #budget = 1;

  constructor({ exploration, random = Math.random }: FastestOptions) {
    this.#exploration = exploration;
    this.#random = random;
  }

  choose(choice: Choice): EngineSource {
    const { expected } = choice;
    this.#budget = Math.min(1, this.#budget + this.#exploration);
    const better = betterOf(expected);
    const other = better === 'on_device' ? 'in_cloud' : 'on_device';
    if (this.#budget < 1 || !this.#isWorthExploring(expected[better], expected[other], choice.timeLeft))
      return better;
    this.#budget--;
    return other;
  }

  #isWorthExploring(
    better: number | undefined,
    other: number | undefined,
    timeLeft: number | undefined,
  ): boolean {
    // Nothing to compare it with yet: the first answer comes first.
    if (better === undefined) return false;
    if (timeLeft !== undefined && timeLeft < safety * (other ?? better * unknownFactor)) return false;
    if (other === undefined) return true;
    const probability = this.#exploration * Math.min(1, better / (other - better));
    return this.#random() < probability;
  }
}

/** The device where nothing says otherwise: it is ready, or it would not be asked about. */
function betterOf({ on_device, in_cloud }: Choice['expected']): EngineSource {
  if (in_cloud === undefined) return 'on_device';
  return on_device === undefined || in_cloud < on_device ? 'in_cloud' : 'on_device';
}
