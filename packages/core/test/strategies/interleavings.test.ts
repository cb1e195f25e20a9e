import { createPredictor, type Engine, memory, type Payload, type Tier } from '@predcache/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskTier } from '../support/taskTier.js';

const inputs = 3;
const input = fc.nat(inputs - 1);

type Step =
  | { readonly type: 'predict'; readonly input: number; readonly isAborted: boolean }
  | { readonly type: 'change'; readonly input: number; readonly how: 'tag' | 'input' | 'where' | 'clear' }
  | { readonly type: 'put'; readonly input: number; readonly write: 'through' | 'around' }
  | { readonly type: 'update' }
  | { readonly type: 'break' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('predict' as const),
      input,
      isAborted: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('change' as const),
      input,
      how: fc.constantFrom('tag' as const, 'input' as const, 'where' as const, 'clear' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('put' as const),
      input,
      write: fc.constantFrom('through' as const, 'around' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('update' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('break' as const) }) },
);

/**
 * A world whose data change: an answer says of which model and of which state of its input's data it is. Everything that
 * takes time takes as long as the scheduler likes.
 */
class World {
  readonly states = Array.from({ length: inputs }, () => 0);
  readonly #scheduler: fc.Scheduler;
  readonly predictor;
  readonly #settled: Promise<unknown>[] = [];
  readonly wrong: string[] = [];
  #version = 1;
  #isBroken = false;

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler;
    this.predictor = createPredictor<number, string>({
      model: { name: 'm', version: '1' },
      tiers: [memory(), this.#tier()],
      onDevice: this.#engine(),
      origin: { write: async () => this.#wait('origin') },
      tierSkipping: 'never',
    });
  }

  do(step: Step): void {
    switch (step.type) {
      case 'predict':
        this.#settled.push(this.#predict(step.input, step.isAborted));
        break;
      case 'change':
        this.states[step.input]!++;
        this.#settled.push(this.#invalidate(step.input, step.how));
        break;
      case 'put':
        this.#settled.push(
          this.predictor.put(step.input, this.#answerTo(step.input, this.predictor.model.version), {
            tags: [`input-${step.input}`],
            write: step.write,
          }),
        );
        break;
      case 'update':
        this.#version++;
        this.#settled.push(this.predictor.updateModel({ version: String(this.#version) }));
        break;
      case 'break':
        this.#isBroken = !this.#isBroken;
        break;
    }
  }

  async finish(): Promise<void> {
    await this.#scheduler.waitFor(Promise.all(this.#settled));
    this.#isBroken = false;
    // What is stored now is what the model says now.
    for (let number = 0; number < inputs; number++)
      await this.#scheduler.waitFor(this.#predict(number, false));
    await this.#scheduler.waitFor(this.predictor.dispose());
  }

  #predict(number: number, isAborted: boolean): Promise<void> {
    const stateThen = this.states[number]!;
    const versionThen = Number(this.predictor.model.version);
    const controller = new AbortController();
    const asked = this.predictor.predict(number, { tags: [`input-${number}`], signal: controller.signal });
    if (isAborted)
      void this.#scheduler.schedule(Promise.resolve(), 'abort').then(() => controller.abort('left'));
    return asked.then(
      ({ output, model }) => {
        const [version, about, state] = output.split(' ').map(Number) as [number, number, number];
        const isRight =
          about === number &&
          state >= stateThen &&
          version === Number(model.version) &&
          version >= versionThen;
        if (!isRight) this.wrong.push(`${output} for ${number} when it was ${versionThen} ${stateThen}`);
      },
      (error: unknown) => {
        if (!isAborted || error !== 'left') this.wrong.push(String(error));
      },
    );
  }

  #invalidate(number: number, how: 'tag' | 'input' | 'where' | 'clear'): Promise<void> {
    const { predictor } = this;
    const tag = `input-${number}`;
    if (how === 'tag') return predictor.invalidate({ tags: [tag] });
    if (how === 'input') return predictor.invalidate({ input: number });
    if (how === 'where') return predictor.invalidate({ where: ({ tags }) => tags.includes(tag) });
    return predictor.clear();
  }

  #answerTo(number: number, version: string): string {
    return `${version} ${number} ${this.states[number]}`;
  }

  #wait(what: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), what);
  }

  #engine(): Engine {
    return {
      name: 'world',
      concurrency: 4,
      maxBatchSize: 2,
      availability: async () => ({ state: 'available' }),
      load: () => this.#wait('load'),
      dispose: async () => {},
      run: async (batch, { model }) => {
        const outputs: Payload[] = batch.map((each) => this.#answerTo(each as number, model.version));
        await this.#wait('run');
        return { outputs, backend: 'world' };
      },
    };
  }

  /** A slow tier that may fail at any look-up or write. */
  #tier(): Tier {
    const kept = taskTier();
    const failing = () => {
      if (this.#isBroken) throw new Error('broken');
    };
    return {
      ...kept,
      getMany: async (keys, model) => {
        await this.#wait('get');
        failing();
        return kept.getMany(keys, model);
      },
      setMany: async (entries) => {
        failing();
        // The order of the calls is the order of what they do, as the contract says; only when they settle is open.
        const stored = await kept.setMany(entries);
        await this.#wait('set');
        return stored;
      },
      delete: async (selector) => {
        const removed = await kept.delete(selector);
        await this.#wait('delete');
        return removed;
      },
    };
  }
}

describe('whatever comes when', () => {
  it('no answer is older than the question, no model is mixed with another, and everything settles', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 25 }), async (scheduler, steps) => {
        const world = new World(scheduler);
        const sequence = scheduler.scheduleSequence(
          steps.map((each) => ({
            label: JSON.stringify(each),
            builder: async () => world.do(each),
          })),
        );
        await scheduler.waitFor(sequence.task);
        await world.finish();
        expect(world.wrong).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
