import type { Engine, LoadProgress } from '../engines/engine.js';
import { isPredcacheError } from '../errors/predcacheError.js';
import type { Model } from '../model.js';
import type { Payload } from '../payload.js';
import type { MaybePromise } from '../tiers/tier.js';
import { bitsOf } from './sampleEntries.js';
import type { TestRunner } from './testRunner.js';

export interface EngineConformanceOptions {
  readonly create: () => MaybePromise<Engine>;
  readonly model: Model;
  /** At least two inputs that the model takes and answers differently. */
  readonly inputs: readonly Payload[];
  /** An input that the model refuses. */
  readonly badInput: Payload;
  /** `{ describe, it, expect }` of the runner in use. */
  readonly test: TestRunner;
  /** For the suite's title. */
  readonly name: string;
}

/** What every engine must do, ours or a user's. */
export function engineConformance(options: EngineConformanceOptions): void {
  const { create, model, inputs, badInput, name } = options;
  const { describe, it, expect } = options.test;
  const batches = (engine: Engine) => {
    const all: Payload[][] = [];
    for (let at = 0; at < inputs.length; at += engine.maxBatchSize)
      all.push(inputs.slice(at, at + engine.maxBatchSize));
    return all;
  };

  describe(`${name} conforms to the engine contract`, () => {
    it('says whether it is available', async () => {
      const engine = await create();
      const { state } = await engine.availability({ model });
      expect(['unavailable', 'downloadable', 'downloading', 'available'].includes(state)).toBe(true);
      await engine.dispose();
    });

    it('gives one output per input, in order, the same alone and in company', async () => {
      const engine = await create();
      const together: string[] = [];
      for (const batch of batches(engine)) {
        const { outputs, backend } = await engine.run(batch, { model });
        expect(outputs.length).toBe(batch.length);
        expect(backend.length).toBeGreaterThan(0);
        together.push(...outputs.map(bitsOf));
      }
      const alone: string[] = [];
      for (const input of inputs) alone.push(...(await engine.run([input], { model })).outputs.map(bitsOf));
      expect(together).toEqual(alone);
      expect(new Set(alone).size).toBeGreaterThan(1);
      await engine.dispose();
    });

    it('leaves its inputs as they were', async () => {
      const engine = await create();
      const before = inputs.map(bitsOf);
      for (const batch of batches(engine)) await engine.run(batch, { model });
      expect(inputs.map(bitsOf)).toEqual(before);
      await engine.dispose();
    });

    it('loads ahead, with progress that only grows and ends ready', async () => {
      const engine = await create();
      const progress: LoadProgress[] = [];
      await engine.load({ model, onProgress: (step) => progress.push(step) });
      const ratios = progress.map(({ ratio }) => ratio);
      expect(ratios).toEqual([...ratios].sort((a, b) => a - b));
      expect(progress.at(-1)?.phase).toBe('ready');
      expect(progress.at(-1)?.ratio).toBe(1);
      await engine.run(inputs.slice(0, 1), { model });
      expect((await engine.availability({ model })).state).toBe('available');
      await engine.dispose();
    });

    it('answers many calls at once', async () => {
      const engine = await create();
      const calls = Array.from({ length: 20 }, (_, index) => inputs[index % inputs.length]!);
      const results = await Promise.all(calls.map((input) => engine.run([input], { model })));
      const expected = await Promise.all(inputs.map((input) => engine.run([input], { model })));
      expect(results.map(({ outputs }) => bitsOf(outputs[0]))).toEqual(
        calls.map((_, index) => bitsOf(expected[index % inputs.length]!.outputs[0])),
      );
      await engine.dispose();
    });

    it('refuses a bad input with a typed error, and answers the next', async () => {
      const engine = await create();
      const error = await failure(engine.run([badInput], { model }));
      expect(isPredcacheError(error)).toBe(true);
      expect((await engine.run(inputs.slice(0, 1), { model })).outputs.length).toBe(1);
      await engine.dispose();
    });

    it("rejects with the signal's reason when aborted before or during, and answers the next", async () => {
      const engine = await create();
      const reason = new Error('changed my mind');
      expect(
        await failure(engine.run(inputs.slice(0, 1), { model, signal: AbortSignal.abort(reason) })),
      ).toBe(reason);
      expect(await failure(engine.load({ model, signal: AbortSignal.abort(reason) }))).toBe(reason);
      const controller = new AbortController();
      const running = failure(engine.run(inputs.slice(0, 1), { model, signal: controller.signal }));
      controller.abort(reason);
      expect(await running).toBe(reason);
      expect((await engine.run(inputs.slice(0, 1), { model })).outputs.length).toBe(1);
      await engine.dispose();
    });

    it('settles what is pending when disposed of, and refuses what comes later', async () => {
      const engine = await create();
      const pending = failure(engine.run(inputs.slice(0, 1), { model }));
      await Promise.all([engine.dispose(), engine.dispose()]);
      for (const error of [await pending, await failure(engine.run(inputs.slice(0, 1), { model }))]) {
        expect(isPredcacheError(error) && error.code).toBe('DISPOSED');
      }
      expect((await engine.availability({ model })).state).toBe('unavailable');
    });
  });
}

/** What a promise rejects with; a failure of the test when it does not. */
async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to reject, and resolved');
}
