import type { BytesHeld, Cell, Round } from '../messages.js';
import { bytesHeld } from './bytesHeld.js';
import type { CreateCache } from './cache.js';
import { type Contestant, contestants } from './contestants/contestants.js';
import { exercise } from './exercise.js';
import { MeasuredScenario } from './measuredScenario.js';
import { makePool, type Pool } from './pool.js';
import { scenarios } from './scenarios/scenarios.js';

/** What the suite may ask a process for, in whatever order after `start`. */
export class Measurer {
  #create: CreateCache | undefined;
  #pool: Pool | undefined;
  readonly #scenarios = new Map<string, MeasuredScenario>();

  /** Loads the contestant, and makes so many keys and entries. */
  async start(contestant: Contestant, keys: number): Promise<void> {
    const { create } = await contestants[contestant]();
    exercise(create);
    this.#create = create;
    this.#pool = makePool(keys);
  }

  /** Makes a cell ready for its rounds. */
  prepare(name: string, { scenario, capacity, keys, operations }: Cell): void {
    const [create, pool] = [this.#create!, this.#pool!];
    const created = scenarios[scenario]({ create, pool, capacity, keys });
    this.#scenarios.set(name, new MeasuredScenario(created, operations));
  }

  round(name: string): Round {
    return this.#scenarios.get(name)!.round();
  }

  /** Gives back what the cells prepared so far take. */
  forget(): void {
    this.#scenarios.clear();
  }

  /** Fills a cache of that capacity, and then sends the rest of the keys through it. */
  bytesHeld(capacity: number): Promise<BytesHeld> {
    return bytesHeld(this.#create!, this.#pool!, capacity);
  }
}
