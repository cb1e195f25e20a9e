import type { AuditResult, Payload, PredictorOptions } from '@predcache/core';
import { createPredictor, fromFunction, memory } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { Batcher } from '../../src/pipeline/batcher.js';
import { inBackground } from '../../src/pipeline/work.js';
import { engineOf } from '../support/doubles.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { until } from '../support/until.js';
import { makeWorld, model } from '../support/world.js';

const scores = (...numbers: number[]): Payload => ({
  scores: { type: 'float32', dims: [1, numbers.length], data: Float32Array.from(numbers) },
});

/** A predictor whose model changes its mind between the first answer and the audit. */
async function audited(
  first: Payload,
  then: Payload,
  audit: PredictorOptions['audit'] = { rate: 1 },
  asked: 'memory' | 'the slower tier' = 'memory',
) {
  let outputs = first;
  const { predictor, events, fast, slow } = makeWorld({ onDevice: fromFunction(() => outputs), audit });
  const { key } = await predictor.predict('a', { waitForTiers: true });
  if (asked !== 'memory') fast.delete({ all: true });
  outputs = then;
  await predictor.predict('a');
  const result = () => events.find((event) => event.type === 'audited') as AuditResult | undefined;
  await until(() => result() !== undefined);
  await until(() => slow.calls.delete === 0 || slow.entries.size === 0);
  return { result: result()!, predictor, slow, key };
}

describe('an audit', () => {
  it.each(['memory', 'the slower tier'] as const)('of a hit in %s keeps what is equal', async (place) => {
    const { result, predictor, key } = await audited(scores(1, 2), scores(1, 2), undefined, place);
    expect(result).toMatchObject({
      key,
      agreement: 'equal',
      isSameTopClass: true,
      storedBackend: 'function',
      recomputedBackend: 'function',
    });
    expect(predictor.peek('a')).toBeDefined();
    expect(predictor.stats()).toMatchObject({ audits: { equal: 1 }, background: { audit: 1 }, requests: 3 });
  });

  it('keeps what is within tolerance', async () => {
    const { result, predictor } = await audited(scores(1, 2), scores(1.001, 2), { rate: 1, tolerance: 0.01 });
    expect(result.agreement).toBe('within_tolerance');
    expect(predictor.peek('a')).toBeDefined();
    expect(predictor.stats().audits).toEqual({ equal: 0, within_tolerance: 1, different: 0 });
  });

  it.each([
    ['differs', scores(1, 2), scores(1, 3), 0.01],
    ['is within tolerance and has another top class', scores(1, 1.001), scores(1.001, 1), 0.01],
    ['differs at all, by default', scores(1, 2), scores(1, 2 + 2e-7), undefined],
  ])('removes what %s, from every tier, and reports both', async (_, first, then, tolerance) => {
    const { result, predictor, slow } = await audited(first, then, { rate: 1, tolerance });
    expect(result).toMatchObject({ agreement: 'different', stored: first, recomputed: then });
    expect(slow.entries.size).toBe(0);
    expect(predictor.peek('a')).toBeUndefined();
    expect(predictor.stats().audits.different).toBe(1);
  });

  it('concerns the part of the hits that was asked for', async () => {
    const { predictor } = makeWorld({ audit: { rate: 0 } });
    for (let asked = 0; asked < 50; asked++) await predictor.predict('a');
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(predictor.stats().background.audit).toBe(0);
  });

  it('leaves alone what the app gave', async () => {
    const { predictor, world } = makeWorld({ audit: { rate: 1 } });
    await predictor.put('a', 'right');
    await predictor.predict('a');
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(world.runs).toBe(0);
    expect(predictor.peek('a')?.output).toBe('right');
  });

  it('that fails is reported, and leaves the entry', async () => {
    const { predictor, world, events } = makeWorld({ audit: { rate: 1 } });
    await predictor.predict('a');
    world.isBroken = true;
    await predictor.predict('a');
    await until(() => events.some(({ type }) => type === 'background-failed'));
    expect(events).toContainEqual(expect.objectContaining({ type: 'background-failed', purpose: 'audit' }));
    expect(predictor.peek('a')).toBeDefined();
  });

  it.each(['invalidate', 'updateModel', 'put'] as const)(
    'says nothing of what was out of date by %s when it came to it',
    async (change) => {
      const engine = new GatedEngine({ concurrency: 4, maxBatchSize: 1 });
      const predictor = createPredictor<string, string>({
        model,
        tiers: [memory()],
        onDevice: engine,
        audit: { rate: 1 },
      });
      const first = predictor.predict('a');
      (await engine.called(1)).answer(['old']);
      await first;
      await predictor.predict('a');
      const { answer } = await engine.called(2);
      if (change === 'invalidate') await predictor.invalidate({ input: 'a' });
      else if (change === 'updateModel') await predictor.updateModel({ version: '2' });
      else await predictor.put('a', 'right');
      answer(['new']);
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(predictor.stats().audits).toEqual({ equal: 0, within_tolerance: 0, different: 0 });
      if (change === 'put') expect(predictor.peek('a')?.output).toBe('right');
    },
  );

  it('ends with the predictor', async () => {
    const engine = new GatedEngine();
    const options = { model, tiers: [memory()], onDevice: engine, audit: { rate: 1 } };
    const predictor = createPredictor<string, string>(options);
    const first = predictor.predict('a');
    (await engine.called(1)).answer(['A']);
    await first;
    await predictor.predict('a');
    const { answer, options: run } = await engine.called(2);
    answer(['B']);
    // What it finds comes too late to be acted on.
    await predictor.dispose();
    await until(() => run.signal?.aborted === true);
    expect(predictor.stats().audits.different).toBe(0);
  });

  it('leaves no trace on the signal that all of them are computed under', async () => {
    const engine = engineOf(async (batch) => ({ outputs: batch, backend: 'b' }));
    const batcher = new Batcher({
      engine,
      model,
      limits: { maxLength: 10, maxSize: 1e6 },
      onProgress: () => {},
    });
    const controller = new AbortController();
    const work = inBackground(controller.signal);
    const subject = (payload: Payload) => ({ payload: () => payload, mayTransfer: false });
    for (let at = 0; at < 20; at++) await batcher.compute(subject(at), work);
    const reason = vi.spyOn(controller.signal, 'reason', 'get');
    controller.abort();
    expect(reason).not.toHaveBeenCalled();
    await expect(batcher.compute(subject(0), work)).rejects.toThrow();
  });
});
