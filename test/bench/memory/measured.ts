import { ratios } from '../support/samples.js';
import type { Growth, GrowthScenario } from './growth.js';
import type { BytesHeld } from './messages.js';
import type { Contestant } from './process/contestants/contestants.js';
import type { ScenarioName } from './process/scenarios/scenarios.js';
import type { Rounds } from './rounds.js';
import type { Times } from './times.js';

/** Everything that the suite has measured, and what follows from it. */
export class Measured {
  readonly costAware: number;
  readonly #times: Times;
  readonly #growth: Growth;
  readonly #bytes: ReadonlyMap<Contestant, BytesHeld>;

  constructor(times: Times, growth: Growth, bytes: ReadonlyMap<Contestant, BytesHeld>, costAware: number) {
    this.#times = times;
    this.#growth = growth;
    this.#bytes = bytes;
    this.costAware = costAware;
  }

  /** ns of one operation of the bare Map, by round. */
  mapTimes(scenario: ScenarioName): number[] {
    return timesOf(this.#times[scenario], 'map');
  }

  /** The time of an operation over that of the bare Map, by round. */
  timeRatios(scenario: ScenarioName, contestant: Contestant): number[] {
    return ratios(timesOf(this.#times[scenario], contestant), this.mapTimes(scenario));
  }

  /** Hits in percent of all requests of the read-through rounds. */
  hitPercent(contestant: Contestant): number {
    const rounds = this.#times.readThrough.get(contestant)!;
    return (100 * rounds.reduce((sum, { hitRatio }) => sum + hitRatio, 0)) / rounds.length;
  }

  bytes(contestant: Contestant): BytesHeld {
    return this.#bytes.get(contestant)!;
  }

  /** How many times as long an operation takes in the large cache as in the small one, over the same of the Map. */
  growthRatios(scenario: GrowthScenario, contestant: Contestant): number[] {
    const { small, large } = this.#growth[scenario];
    const growthOf = (name: Contestant) => ratios(timesOf(large, name), timesOf(small, name));
    return ratios(growthOf(contestant), growthOf('map'));
  }
}

function timesOf(rounds: Rounds, contestant: Contestant): number[] {
  return rounds.get(contestant)!.map(({ nanoseconds }) => nanoseconds);
}
