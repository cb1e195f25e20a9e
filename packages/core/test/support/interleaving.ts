import {
  createPredictor,
  type Invalidation,
  keyOf,
  memory,
  type Prediction,
  type PredictOptions,
} from '@predcache/core';
import type { Scheduler } from 'fast-check';
import { vi } from 'vitest';
import { engineOf } from './doubles.js';
import { SlowTier } from './slowTier.js';

/** ms since the epoch. */
const start = 1_700_000_000_000;

/** What the engine or the app says: of which model, in which state of the world; puts are numbered from 1. */
export interface Said {
  readonly input: string;
  readonly version: string;
  readonly state: number;
  readonly put: number;
}

export type Step =
  | { readonly do: 'predict'; readonly input: string; readonly cache: PredictOptions['cache'] }
  | { readonly do: 'predictAndLeave'; readonly input: string }
  | { readonly do: 'put'; readonly input: string; readonly write: 'through' | 'around' }
  | { readonly do: 'change'; readonly input: string; readonly by: Change }
  | { readonly do: 'update' }
  | { readonly do: 'break' };

export type Change =
  | 'input'
  | 'inputs'
  | 'tags'
  | 'olderThan'
  | 'where'
  | 'model'
  | 'everything'
  | 'clear'
  | 'delete';

export interface Settings {
  readonly allowPreviousModel: boolean;
  readonly isShortLived: boolean;
}

/** What was so when somebody asked. */
interface Asked {
  readonly input: string;
  readonly version: string;
  readonly state: number;
  readonly begun: number;
  readonly isOfStored: boolean;
}

interface Put {
  readonly input: string;
  readonly version: string;
  readonly write: 'through' | 'around';
  readonly begun: number;
  ended: number;
}

export const inputs = ['a', 'b'];

/**
 * A predictor over memory and a slow tier in a world that changes. Every change of the world is followed at once by an
 * invalidation that covers it. Whatever takes time takes it by the scheduler, so that the order of everything is random and
 * can be repeated.
 */
export class Interleaving {
  readonly slow = new SlowTier();
  readonly fast = memory();
  readonly predictor;
  readonly faults: string[] = [];
  running = 0;
  readonly #scheduler: Scheduler;
  readonly #settings: Settings;
  readonly #state = new Map(inputs.map((input) => [input, 0]));
  readonly #puts: Put[] = [];
  /** What may have taken a put's place. */
  readonly #replaced: { readonly input: string; readonly at: number }[] = [];
  readonly #invalidated: { readonly input: string; readonly at: number }[] = [];
  #version = 1;
  #isBroken = false;
  #hasBroken = false;
  #time = 0;

  constructor(scheduler: Scheduler, settings: Settings) {
    this.#scheduler = scheduler;
    this.#settings = settings;
    // A tier that fails to delete would have to remember what it owes; one that fails otherwise has nothing to make good.
    this.slow.turn = async (operation) => {
      await this.#turn(operation);
      if (this.#isBroken && operation !== 'delete') throw new Error('out of order');
    };
    const engine = engineOf(
      async ([input], { model: { version }, onBegun }) => {
        this.running++;
        // Runs of one of the inputs come to their end even when nobody waits for them.
        if (input === 'b') onBegun?.();
        const said = { input: String(input), version, state: this.stateOf(String(input)), put: 0 };
        await this.#turn(`run ${input}`);
        this.running--;
        return { outputs: [said], backend: 'b' };
      },
      { concurrency: 3, load: () => this.#turn('load') },
    );
    vi.stubGlobal('requestIdleCallback', (callback: () => void) => void this.#turn('idle').then(callback));
    this.predictor = createPredictor<string, Said>({
      model: { name: 'm', version: '1' },
      tiers: [this.fast, this.slow],
      onDevice: engine,
      allowPreviousModel: settings.allowPreviousModel,
      ...(settings.isShortLived ? { ttl: 3, staleWhileRevalidate: 1e9 } : {}),
    });
  }

  stateOf(input: string): number {
    return this.#state.get(input)!;
  }

  /** Carries steps out, each beginning at a random moment. Settles when all of them have. */
  async run(steps: readonly Step[]): Promise<void> {
    const begun = steps.map(async (step, at) => {
      await this.#turn(`${at} ${step.do}`);
      await this.#carryOut(step);
    });
    await this.#scheduler.waitFor(Promise.all(begun));
    await this.#scheduler.waitIdle();
  }

  async #carryOut(step: Step): Promise<void> {
    this.#tick();
    if (step.do === 'break') this.#break();
    else if (step.do === 'update') await this.#update();
    else if (step.do === 'change') await this.#change(step.input, step.by);
    else if (step.do === 'put') await this.#put(step.input, step.write);
    else if (step.do === 'predict') await this.#predict(step.input, { cache: step.cache });
    else await this.#predictAndLeave(step.input);
  }

  #break(): void {
    this.#isBroken = !this.#isBroken;
    this.#hasBroken = true;
  }

  /** Asks for everything once more, and looks through what is stored: it says what the model computes now. */
  async settle(): Promise<void> {
    this.#isBroken = false;
    const asked = inputs.map((input) => this.#predict(input, { cache: 'default' }));
    await this.#scheduler.waitFor(Promise.all(asked));
    await this.#scheduler.waitIdle();
    const { modelId } = this.predictor;
    for (const { model, outputs } of this.slow.entries.values()) {
      const { input, version, state, put } = outputs as unknown as Said;
      const isNow = model === modelId && version === this.predictor.model.version;
      if (isNow && put === 0 && state !== this.stateOf(input))
        this.#fault(`stored: ${JSON.stringify(outputs)}`);
      if (!isNow && !this.#settings.allowPreviousModel) this.#fault(`left over: ${JSON.stringify(outputs)}`);
    }
  }

  async #predict(input: string, options: PredictOptions): Promise<void> {
    const { version } = this.predictor.model;
    const begun = this.#tick();
    const state = this.stateOf(input);
    if (options.cache === 'reload' || options.cache === 'no-cache') this.#replaced.push({ input, at: begun });
    const answer = await this.predictor.predict(input, { ...options, tags: [`about ${input}`] });
    this.#check(answer, { input, version, state, begun, isOfStored: options.cache !== 'no-store' });
  }

  async #predictAndLeave(input: string): Promise<void> {
    const controller = new AbortController();
    const asked = this.predictor.predict(input, { signal: controller.signal, tags: [`about ${input}`] });
    const left = this.#turn('leave').then(() => controller.abort(new Error('left')));
    await Promise.all([
      left,
      asked.catch((error) => error.message === 'left' || this.#fault(`failed: ${error}`)),
    ]);
  }

  async #put(input: string, write: 'through' | 'around'): Promise<void> {
    const { version } = this.predictor.model;
    const put: Put = { input, version, write, begun: this.#tick(), ended: Number.POSITIVE_INFINITY };
    const number = this.#puts.push(put);
    const said: Said = { input, version, state: this.stateOf(input), put: number };
    await this.predictor.put(input, { ...said }, { write, tags: [`about ${input}`] });
    put.ended = this.#tick();
  }

  async #change(input: string, by: Change): Promise<void> {
    const key = await keyOf(this.predictor.model, input);
    this.#state.set(input, this.stateOf(input) + 1);
    const at = this.#tick();
    const covered = ['olderThan', 'model', 'everything', 'clear'].includes(by) ? inputs : [input];
    for (const each of covered) {
      this.#invalidated.push({ input: each, at });
      this.#replaced.push({ input: each, at });
    }
    const { predictor } = this;
    // By its model alone the one before is not meant, and may go on answering.
    if (by === 'clear' || (by === 'model' && this.#settings.allowPreviousModel)) return predictor.clear();
    if (by === 'delete') return predictor.cache.delete(input);
    const what: Record<Exclude<Change, 'clear' | 'delete'>, Invalidation<string>> = {
      input: { input },
      inputs: { inputs: [input, input] },
      tags: { tags: [`about ${input}`, 'others'] },
      olderThan: { olderThan: 0 },
      // The entries of the model before have other keys.
      where: { where: (facts) => facts.key === key || facts.tags.includes(`about ${input}`) },
      model: { model: predictor.modelId },
      everything: { everything: true },
    };
    await predictor.invalidate(what[by]);
  }

  async #update(): Promise<void> {
    await this.predictor.updateModel({ version: String(++this.#version) });
  }

  /** Whether an answer is one that may be given to who began to ask then. */
  #check(answer: Prediction<Said>, asked: Asked): void {
    const { output, isStale, model } = answer;
    const what = `${JSON.stringify(answer)} for ${JSON.stringify(asked)}`;
    if (output.input !== asked.input) this.#fault(`another input's answer: ${what}`);
    if (output.version !== model.version) this.#fault(`it is said to be of another model: ${what}`);
    const isOfModelBefore =
      this.#settings.allowPreviousModel && isStale && Number(model.version) < Number(asked.version);
    if (model.version !== asked.version && !isOfModelBefore) this.#fault(`another model's answer: ${what}`);
    if (output.put === 0 && output.state < asked.state) this.#fault(`out of date: ${what}`);
    if (output.put > 0) this.#checkPut(this.#puts[output.put - 1]!, asked, what);
    else if (asked.isOfStored) this.#checkNoPut(asked, what);
  }

  #checkPut(put: Put, { input, begun }: Asked, what: string): void {
    const isInvalidated = this.#invalidated.some(
      (each) => each.input === input && put.ended < each.at && each.at < begun,
    );
    if (isInvalidated) this.#fault(`a put that was invalidated: ${what}`);
  }

  /** A put that was over before, with nothing since that could have taken its place, must have answered. */
  #checkNoPut({ input, version, begun }: Asked, what: string): void {
    // The entries of a model that went out of use meanwhile may have gone as well.
    if (this.#settings.isShortLived || this.predictor.model.version !== version) return;
    const ofInput = this.#puts.filter((put) => put.input === input);
    // While one takes another's place neither may answer.
    if (ofInput.some((put) => put.ended > begun)) return;
    // Where the tier failed, what was put past memory may be nowhere.
    if (this.#hasBroken && ofInput.some(({ write }) => write === 'around')) return;
    const standing = ofInput.find(
      (put) =>
        put.version === version &&
        put.ended < begun &&
        !this.#replaced.some((each) => each.input === input && each.at > put.begun),
    );
    if (standing !== undefined) this.#fault(`a put did not answer: ${what}`);
  }

  #fault(what: string): void {
    this.faults.push(what);
  }

  #turn(label: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), label);
  }

  /** A moment later, so that no two things happen at the same one. */
  #tick(): number {
    this.#time++;
    vi.setSystemTime(start + this.#time);
    return this.#time;
  }
}
