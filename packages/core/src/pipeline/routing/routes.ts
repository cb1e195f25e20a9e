import type { EngineSource } from '../../engines/engine.js';
import type { PredcacheError } from '../../errors/predcacheError.js';
import type { InferenceMode } from '../../predictor.js';
import type { MaybePromise } from '../../tiers/tier.js';
import type { Computed } from '../batch.js';
import { CloudReach, isOutOfReach } from './cloudReach.js';
import { DeviceModel, type DeviceModelOptions } from './deviceModel.js';
import { Fastest } from './fastest.js';
import { type Observed, ObservedTimes } from './observedTimes.js';
import type { CompleteRouting } from './routingOptions.js';

/** The engines in the order in which they are asked. */
export type Order = readonly EngineSource[];

export interface RoutesOptions extends DeviceModelOptions {
  readonly routing: CompleteRouting;
  /** Runs that end before an input that comes now has its answer, its own among them. */
  readonly runsUntilAnswer: (source: EngineSource) => number;
}

/** What was asked, by the time it has an answer or none. */
export interface Asked {
  readonly source: EngineSource;
  readonly begunAt: number;
  /** The model was there when it was asked: what it took says what the next one will. */
  readonly wasLoaded: boolean;
}

const deviceFirst: Order = ['on_device', 'in_cloud'];
const cloudFirst: Order = ['in_cloud', 'on_device'];

/** ms; timers of more fire at once. */
const longestTimer = 2 ** 31 - 1;

/** Which of two engines is asked first, by mode and by what was learnt of both. The other one is asked when it fails. */
export class Routes {
  readonly device: DeviceModel;
  readonly #reach = new CloudReach();
  readonly #times = new ObservedTimes();
  readonly #fastest: Fastest;
  readonly #routing: CompleteRouting;
  readonly #runsUntilAnswer: RoutesOptions['runsUntilAnswer'];
  #cloudAnswers = 0;
  #waitedForCloud = 0;

  constructor(options: RoutesOptions) {
    const { routing, runsUntilAnswer } = options;
    this.device = new DeviceModel(options);
    this.#fastest = new Fastest(routing);
    this.#routing = routing;
    this.#runsUntilAnswer = runsUntilAnswer;
  }

  preferredOrder(mode: InferenceMode): MaybePromise<Order> {
    if (mode === 'prefer_in_cloud') return this.#reach.mayTry() ? cloudFirst : deviceFirst;
    // What is known is decided at once: what is asked for in one go goes to the engine together.
    const asking = this.device.ask();
    return asking === undefined ? this.#deviceOrder() : asking.then(() => this.#deviceOrder());
  }

  /**
   * @param size bytes of the input
   * @param timeLeft ms until the caller gives up
   */
  fastestOrder(size: number, timeLeft: number | undefined): Order {
    const { device } = this;
    if (!device.isLoaded) {
      this.#prepareDevice();
      if (device.isUnavailable || device.isResting) return cloudFirst;
      return this.#reach.mayTry() ? cloudFirst : deviceFirst;
    }
    if (!this.#reach.isLikely) return deviceFirst;
    const expected = {
      on_device: this.#expected('on_device', size, 0),
      in_cloud: this.#expected('in_cloud', size, this.#routing.cloudCost),
    };
    if (this.#fastest.choose({ expected, timeLeft }) === 'on_device') return deviceFirst;
    return this.#reach.mayTry() ? cloudFirst : deviceFirst;
  }

  /**
   * ms that the cloud is given before the device is asked, where that has the model by then, so that the caller has an
   * answer in time: all but what the device may need, and at least half. `undefined` where the caller waits as long as it
   * takes.
   */
  cloudLimit(timeLeft: number | undefined): number | undefined {
    if (timeLeft === undefined || timeLeft > longestTimer) return undefined;
    const usual = this.#times.longest('on_device') ?? Number.POSITIVE_INFINITY;
    // Timers come late on a busy page: however quick the device is, some time must be left.
    const needed = Math.max(2 * usual, timeLeft / 5);
    return Math.max(timeLeft / 2, timeLeft - needed);
  }

  answered({ source, wasLoaded }: Asked, { size, took, isRenewed }: Computed): void {
    if (source === 'on_device') {
      this.device.loaded();
      if (wasLoaded) this.#times.observed('on_device', size, took);
      return;
    }
    this.#reach.answered();
    // Nothing was computed: what it took says little of the next one.
    if (isRenewed) return;
    this.#times.observed('in_cloud', size, took);
    this.#cloudAnswers++;
    this.#waitedForCloud += took;
  }

  failed({ source, begunAt }: Asked, error: PredcacheError): void {
    if (source === 'on_device') this.device.failed(error, begunAt);
    else if (isOutOfReach(error)) this.#reach.notReached(begunAt);
  }

  async close(): Promise<void> {
    this.#reach.close();
    await this.device.close();
  }

  #deviceOrder(): Order {
    const { device } = this;
    if (device.isAvailable && device.mayTry()) return deviceFirst;
    device.loadInBackground();
    if (device.isUnavailable || device.isResting) return cloudFirst;
    return this.#reach.mayTry() ? cloudFirst : deviceFirst;
  }

  /** What an engine can be expected to take, with what waits for it and what its answers cost otherwise. */
  #expected(source: EngineSource, size: number, cost: number): Observed | undefined {
    const observed = this.#times.of(source, size);
    if (observed === undefined) return undefined;
    const { time, answers } = observed;
    return { time: time * this.#runsUntilAnswer(source) + cost, answers };
  }

  /**
   * Loads what is on this device already. Downloads what is not once callers have waited for the cloud for a while: to rent
   * until the rent comes near the price is never much worse than to have known (ski rental), and who asks once pays nothing.
   */
  #prepareDevice(): void {
    const { device } = this;
    const load = () => {
      const isWorthIt = this.#cloudAnswers > 1 && this.#waitedForCloud >= this.#routing.downloadAfter;
      if (device.isAvailable || isWorthIt) device.loadInBackground();
    };
    const asking = device.ask();
    if (asking === undefined) load();
    else void asking.then(load);
  }
}
