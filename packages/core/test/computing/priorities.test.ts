import { createPredictor } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { failure } from '../support/failure.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { until } from '../support/until.js';

const model = { name: 'm', version: '1' };

describe('what waits for an engine', () => {
  it('goes by urgency: who waits at the screen before what is computed beforehand', async () => {
    const engine = new GatedEngine({ maxBatchSize: 1 });
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const misses: string[] = [];
    predictor.subscribe((event) => {
      if (event.type === 'miss') misses.push(event.key);
    });
    const running = predictor.predict('running');
    await engine.called(1);
    const prewarm = predictor.prewarm(['beforehand', 'both'], { priority: 'now' });
    await until(() => misses.length === 3);
    const user = predictor.predict('user');
    const joined = predictor.predict('both');
    const order: unknown[] = [];
    for (let call = 1; call <= 4; call++) {
      const { batch, answer } = await engine.called(call);
      order.push(batch[0]);
      answer(batch);
    }
    await Promise.all([running, prewarm, user, joined]);
    expect(order[0]).toBe('running');
    expect(order.indexOf('user')).toBeLessThan(order.indexOf('beforehand'));
    // One that somebody has joined has become as urgent as he is.
    expect(order.indexOf('both')).toBeLessThan(order.indexOf('beforehand'));
  });

  it('tells the engine how urgent a batch is', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const prewarm = predictor.prewarm(['a'], { priority: 'now' });
    const first = await engine.called(1);
    expect(first.options.priority).toBe('background');
    first.answer(['A']);
    await prewarm;
    const asked = predictor.predict('b');
    const second = await engine.called(2);
    expect(second.options.priority).toBe('user');
    second.answer(['B']);
    await asked;
  });

  it('is bounded: what is too much fails with a typed error, and the rest is answered', async () => {
    const engine = new GatedEngine({ maxBatchSize: 8 });
    const predictor = createPredictor<string, string>({ model, onDevice: engine, maxQueueLength: 2 });
    const running = predictor.predict('running');
    const first = await engine.called(1);
    const waiting = ['a', 'b'].map((input) => predictor.predict(input));
    expect(await failure(predictor.predict('c'))).toMatchObject({
      code: 'ENGINE_OVERLOADED',
      details: { waiting: 2, maxQueueLength: 2 },
    });
    first.answer(['R']);
    const second = await engine.called(2);
    expect(second.batch).toEqual(['a', 'b']);
    second.answer(['A', 'B']);
    expect((await Promise.all([running, ...waiting])).map(({ output }) => output)).toEqual(['R', 'A', 'B']);
  });

  it('is bounded in bytes too', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine, maxQueueSize: 5_000 });
    const running = predictor.predict('running');
    const first = await engine.called(1);
    const waiting = predictor.predict('x'.repeat(2_000));
    expect(await failure(predictor.predict('y'.repeat(2_000)))).toMatchObject({ code: 'ENGINE_OVERLOADED' });
    first.answer(['R']);
    (await engine.called(2)).answer(['X']);
    await Promise.all([running, waiting]);
  });

  it('goes to the other engine when the first one is overloaded', async () => {
    const onDevice = new GatedEngine();
    const inCloud = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice, inCloud, maxQueueLength: 1 });
    const asked = [predictor.predict('a')];
    const first = await onDevice.called(1);
    asked.push(...['b', 'c'].map((input) => predictor.predict(input)));
    const { batch, answer } = await inCloud.called(1);
    expect(batch).toEqual(['c']);
    answer(['C']);
    first.answer(['A']);
    (await onDevice.called(2)).answer(['B']);
    expect((await Promise.all(asked)).map(({ output, source }) => [output, source])).toEqual([
      ['A', 'on_device'],
      ['B', 'on_device'],
      ['C', 'in_cloud'],
    ]);
  });

  it('predictMany of more than the queue holds waits its turn', async () => {
    const engine = new GatedEngine({ maxBatchSize: 3 });
    const predictor = createPredictor<number, number>({ model, onDevice: engine, maxQueueLength: 10 });
    const inputs = Array.from({ length: 100 }, (_, at) => at);
    let isDone = false;
    const asked = predictor.predictMany(inputs).finally(() => {
      isDone = true;
    });
    for (let call = 1; !isDone; call++) {
      const { batch, answer } = await Promise.race([engine.called(call), asked.then(() => nothing)]);
      answer(batch);
    }
    expect((await asked).map(({ output }) => output)).toEqual(inputs);
  });

  it('a full batch goes ahead where the engine takes it; less than that waits', async () => {
    const engine = new GatedEngine({ maxBatchSize: 2, lookahead: 1 });
    const predictor = createPredictor<number, number>({ model, onDevice: engine });
    const asked = [predictor.predict(0)];
    const first = await engine.called(1);
    asked.push(...[1, 2, 3].map((input) => predictor.predict(input)));
    const second = await engine.called(2);
    expect(second.batch).toEqual([1, 2]);
    first.answer([0]);
    second.answer([1, 2]);
    const third = await engine.called(3);
    expect(third.batch).toEqual([3]);
    third.answer([3]);
    expect((await Promise.all(asked)).map(({ output }) => output)).toEqual([0, 1, 2, 3]);
  });
});

const nothing = { batch: [], answer: () => {} };
