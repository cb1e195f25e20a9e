import { createPredictor } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { failure } from '../support/failure.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { until } from '../support/until.js';

const model = { name: 'm', version: '1' };
const reason = new Error('changed my mind');

async function leftWhileRunning() {
  const engine = new GatedEngine();
  const predictor = createPredictor<string, string>({ model, onDevice: engine });
  const controller = new AbortController();
  const asked = failure(predictor.predict('a', { signal: controller.signal }));
  const call = await engine.called(1);
  call.options.onBegun?.();
  controller.abort(reason);
  expect(await asked).toBe(reason);
  return { engine, predictor, call };
}

describe('a run that has begun when the last one leaves', () => {
  it('comes to its end, and is kept', async () => {
    const { predictor, call } = await leftWhileRunning();
    expect(call.options.signal!.aborted).toBe(false);
    call.answer(['A']);
    await until(() => predictor.peek('a') !== undefined);
    expect(predictor.peek('a')?.output).toBe('A');
    expect(predictor.stats()).toMatchObject({ aborted: 1, background: { detached: 1 } });
  });

  it('answers who asks meanwhile', async () => {
    const { engine, predictor, call } = await leftWhileRunning();
    const again = predictor.predict('a');
    call.answer(['A']);
    expect(await again).toMatchObject({ output: 'A', source: 'on_device' });
    expect(engine.calls).toHaveLength(1);
    expect(predictor.stats().background.detached).toBe(0);
  });

  it('is not tried elsewhere when it fails', async () => {
    const inCloud = new GatedEngine();
    const onDevice = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice, inCloud });
    const controller = new AbortController();
    const asked = failure(predictor.predict('a', { signal: controller.signal }));
    const call = await onDevice.called(1);
    call.options.onBegun?.();
    controller.abort(reason);
    await asked;
    call.fail(new Error('it broke'));
    const next = predictor.predict('b');
    const second = await onDevice.called(2);
    second.answer(['B']);
    await next;
    expect(inCloud.calls).toHaveLength(0);
  });

  it('ends with the predictor', async () => {
    const { predictor, call } = await leftWhileRunning();
    await predictor.dispose();
    expect(call.options.signal!.aborted).toBe(true);
  });
});

describe('a run that its own engine makes everybody leave', () => {
  it('rejects all the same, whatever the engine does then', async () => {
    const controller = new AbortController();
    const engine = new GatedEngine();
    const { run } = engine;
    engine.run = (batch, options) => {
      controller.abort(reason);
      return run.call(engine, batch, options);
    };
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    expect(await failure(predictor.predict('a', { signal: controller.signal }))).toBe(reason);
    engine.run = run;
    const next = predictor.predict('b');
    (await engine.called(2)).answer(['B']);
    expect((await next).output).toBe('B');
  });
});

describe('timeout', () => {
  it('rejects with a typed error; what has begun is kept', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const asked = failure(predictor.predict('a', { timeout: 20 }));
    const call = await engine.called(1);
    call.options.onBegun?.();
    expect(await asked).toMatchObject({ code: 'PREDICT_TIMEOUT', details: { timeout: 20 } });
    call.answer(['A']);
    await until(() => predictor.peek('a') !== undefined);
    expect(predictor.stats()).toMatchObject({ failures: 1, aborted: 0 });
  });

  it('drops what still waits, and is the rule for every call where the predictor says so', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine, timeout: 20 });
    const running = predictor.predict('a', { timeout: Number.POSITIVE_INFINITY });
    const call = await engine.called(1);
    expect(await failure(predictor.predict('b'))).toMatchObject({ code: 'PREDICT_TIMEOUT' });
    call.answer(['A']);
    expect((await running).output).toBe('A');
    const next = predictor.predict('c', { timeout: Number.POSITIVE_INFINITY });
    const second = await engine.called(2);
    expect(second.batch).toEqual(['c']);
    second.answer(['C']);
    await next;
  });

  it('of the predictor leaves the device time to answer, as that of a call does', async () => {
    const onDevice = new GatedEngine();
    const predictor = createPredictor<string, string>({
      model,
      onDevice,
      inCloud: new GatedEngine(),
      inferenceMode: 'prefer_in_cloud',
      timeout: 2_000,
    });
    const asked = predictor.predict('a');
    (await onDevice.called(1)).answer(['A']);
    expect(await asked).toMatchObject({ output: 'A', source: 'on_device' });
  });

  it('rejects times that are none', async () => {
    const predictor = createPredictor<string, string>({ model, onDevice: new GatedEngine() });
    for (const timeout of [0, -1, Number.NaN])
      expect(await failure(predictor.predict('a', { timeout }))).toMatchObject({ code: 'OPTIONS_INVALID' });
  });
});
