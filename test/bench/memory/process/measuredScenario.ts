import type { Round } from '../messages.js';
import type { Scenario } from './scenarios/scenario.js';
import { nanosecondsOf } from './stopwatch.js';

/** What compilers need, whatever a scenario needs: so many rounds, or so many operations where that is less. */
const warmUpRounds = 5;
const warmUpOperations = 500_000;
/** Operations whose keys and entries fit the processor's cache. */
const touchedAtOnce = 1000;

/** A scenario in rounds of so many operations each. */
export class MeasuredScenario {
  readonly #scenario: Scenario;
  readonly #operations: number;

  /** Warms it up. */
  constructor(scenario: Scenario, operations: number) {
    this.#scenario = scenario;
    this.#operations = operations;
    const warmUp = Math.max(scenario.warmUp, Math.min(warmUpRounds * operations, warmUpOperations));
    for (let done = 0; done < warmUp; done += operations) this.#run();
    // What the warming up left behind is not to be cleared away in the first rounds.
    gc!();
  }

  /** @throws {Error} when the cache did something else than what was to be measured */
  round(): Round {
    const { nanoseconds, hits } = this.#run();
    this.#scenario.verify(this.#operations, hits);
    return { nanoseconds: nanoseconds / this.#operations, hitRatio: hits / this.#operations };
  }

  #run(): { nanoseconds: number; hits: number } {
    // The first ones only bring the processor, which was busy with something else, up to speed.
    const leadIn = Math.ceil(this.#operations / 10);
    this.#scenario.prepare?.(leadIn + this.#operations);
    this.#scenario.run(leadIn);
    let nanoseconds = 0;
    let hits = 0;
    const atOnce = this.#scenario.touch === undefined ? this.#operations : touchedAtOnce;
    for (let left = this.#operations; left > 0; left -= atOnce) {
      const operations = Math.min(left, atOnce);
      this.#scenario.touch?.(operations);
      nanoseconds += nanosecondsOf(() => {
        hits += this.#scenario.run(operations);
      });
    }
    return { nanoseconds, hits };
  }
}
