import { createPredictor, memory } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { failure } from './support/failure.js';
import { GatedEngine } from './support/gatedEngine.js';

const model = { name: 'm', version: '1' };
const reason = new Error('changed my mind');

function setUp() {
  const engine = new GatedEngine();
  return {
    engine,
    predictor: createPredictor<string, string>({ model, tiers: [memory()], onDevice: engine }),
  };
}

describe('abort', () => {
  it('before: rejects with the reason, and nothing is computed', async () => {
    const { engine, predictor } = setUp();
    expect(await failure(predictor.predict('a', { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(await failure(predictor.predictMany(['a', 'b'], { signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
    expect(engine.calls).toHaveLength(0);
  });

  it('during: rejects at once, stops the work, and the next one is answered', async () => {
    const { engine, predictor } = setUp();
    const controller = new AbortController();
    const asked = failure(predictor.predict('a', { signal: controller.signal }));
    const { options } = await engine.called(1);
    controller.abort(reason);
    expect(await asked).toBe(reason);
    expect(options.signal!.aborted).toBe(true);
    engine.calls[0]!.fail(options.signal!.reason);
    const next = predictor.predict('a');
    (await engine.called(2)).answer(['A']);
    expect((await next).output).toBe('A');
    expect(predictor.stats()).toMatchObject({ aborted: 1, failures: 0 });
  });

  it('stops the work only when the last caller has left', async () => {
    const { engine, predictor } = setUp();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = failure(predictor.predict('a', { signal: one.signal }));
    const second = predictor.predict('a', { signal: two.signal });
    const { options, answer } = await engine.called(1);
    one.abort(reason);
    expect(await first).toBe(reason);
    expect(options.signal!.aborted).toBe(false);
    answer(['A']);
    expect((await second).output).toBe('A');
    expect(predictor.peek('a')?.output).toBe('A');
  });

  it('while queued: the item is dropped and never sent', async () => {
    const { engine, predictor } = setUp();
    const running = predictor.predict('a');
    const { answer } = await engine.called(1);
    const controller = new AbortController();
    const queued = failure(predictor.predict('b', { signal: controller.signal }));
    const other = predictor.predict('c');
    await new Promise((resolve) => setTimeout(resolve));
    controller.abort(reason);
    expect(await queued).toBe(reason);
    answer(['A']);
    await running;
    const second = await engine.called(2);
    expect(second.batch).toEqual(['c']);
    second.answer(['C']);
    expect((await other).output).toBe('C');
  });

  it('while a large input is being hashed', async () => {
    const { engine, predictor } = setUp();
    const controller = new AbortController();
    const asked = failure(predictor.predict('x'.repeat(100_000), { signal: controller.signal }));
    controller.abort(reason);
    expect(await asked).toBe(reason);
    expect(engine.calls).toHaveLength(0);
  });

  it('after the answer does nothing', async () => {
    const { engine, predictor } = setUp();
    const controller = new AbortController();
    const asked = predictor.predict('a', { signal: controller.signal });
    (await engine.called(1)).answer(['A']);
    await asked;
    controller.abort(reason);
    expect(predictor.peek('a')?.output).toBe('A');
  });
});
