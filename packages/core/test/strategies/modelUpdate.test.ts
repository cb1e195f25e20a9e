import { createPredictor, fromFunction, memory, type PredictorOptions } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { engineOf } from '../support/doubles.js';
import { failure } from '../support/failure.js';
import { slowTier } from '../support/slowTier.js';

const model = { name: 'm', version: '1' };

/** Answers with the version of the model that computes. */
const byVersion = () => fromFunction((text: string, { model: { version } }) => `${version} ${text}`);

function make(options: Partial<PredictorOptions<string, string, string>> = {}) {
  const tiers = [memory(), slowTier()];
  const predictor = createPredictor<string, string, string>({
    model,
    tiers,
    onDevice: byVersion(),
    ...options,
  });
  return { predictor, tiers };
}

describe('updateModel', () => {
  it('goes over to the new one in one step, and lets the entries of the old one go', async () => {
    const { predictor, tiers } = make();
    const old = await predictor.predict('a', { waitForTiers: true });
    const oldId = predictor.modelId;
    await predictor.updateModel({ version: '2' });
    expect(predictor.model.version).toBe('2');
    expect(predictor.modelId).not.toBe(oldId);
    expect(predictor.peek('a')).toBeUndefined();
    expect(await predictor.predict('a')).toMatchObject({ output: '2 a', model: { version: '2' } });
    for (const tier of tiers) await expect.poll(() => tier.getMany([old.key])).toEqual([undefined]);
    await predictor.dispose();
  });

  it('lets no request mix two models, whenever it comes', async () => {
    const { predictor } = make();
    const asked: Promise<{ output: string; model: { version: string } }>[] = [];
    const updating: Promise<void>[] = [];
    for (let number = 0; number < 60; number++) {
      asked.push(predictor.predict(`text ${number % 7}`));
      if (number % 10 === 9) updating.push(predictor.updateModel({ version: String(number) }));
      await Promise.resolve();
    }
    await Promise.all(updating);
    for (const { output, model: said } of await Promise.all(asked))
      expect(output.split(' ')[0]).toBe(said.version);
    expect(predictor.model.version).toBe('59');
    expect((await predictor.predict('text 1')).output).toBe('59 text 1');
  });

  it('keeps out what the old model is still computing', async () => {
    const { predictor, tiers } = make();
    const asked = predictor.predict('a');
    await predictor.updateModel({ version: '2' });
    const { key } = await asked;
    await predictor.predict('a', { waitForTiers: true });
    for (const tier of tiers) await expect.poll(() => tier.getMany([key])).toEqual([undefined]);
  });

  it('leaves everything as it was when the new one cannot be loaded', async () => {
    const engine = engineOf(async (batch) => ({ outputs: batch.map(() => 'x'), backend: 't' }), {
      load: async ({ model: { version } }) => {
        if (version === '2') throw new Error('not there');
      },
    });
    const { predictor } = make({ onDevice: engine });
    await predictor.predict('a');
    expect(await failure(predictor.updateModel({ version: '2' }))).toMatchObject({ code: 'ENGINE_FAILED' });
    expect(predictor.model.version).toBe('1');
    expect(predictor.peek('a')?.output).toBe('x');
    await predictor.updateModel({ version: '3' });
    expect(predictor.model.version).toBe('3');
  });

  it('rejects when the predictor is disposed of meanwhile, and with the reason of its signal', async () => {
    const never = engineOf(async () => ({ outputs: [], backend: 't' }), {
      load: () => new Promise(() => {}),
    });
    const { predictor } = make({ onDevice: never });
    const controller = new AbortController();
    const aborted = failure(predictor.updateModel({ version: '2' }, { signal: controller.signal }));
    controller.abort('enough');
    expect(await aborted).toBe('enough');
    const updating = failure(predictor.updateModel({ version: '2' }));
    await predictor.dispose();
    expect(await updating).toMatchObject({ code: 'DISPOSED' });
  });
});

describe('allowPreviousModel', () => {
  it('answers with what the model before said, marked stale, until the new one has its own', async () => {
    const { predictor } = make({ allowPreviousModel: true });
    await predictor.predict('a', { waitForTiers: true });
    await predictor.updateModel({ version: '2' });
    expect(await predictor.predict('a')).toMatchObject({
      output: '1 a',
      isStale: true,
      model: { version: '1' },
    });
    await expect.poll(() => predictor.peek('a')).toMatchObject({ output: '2 a', isStale: false });
    expect((await predictor.predict('b')).output).toBe('2 b');
  });

  it('may name the model before to a page that starts with the new one', async () => {
    const tier = slowTier();
    const before = createPredictor<string, string>({ model, tiers: [tier], onDevice: byVersion() });
    await before.predict('a', { waitForTiers: true });
    const onDevice = byVersion();
    const version2 = { name: 'm', version: '2' };
    const strict = createPredictor<string, string>({ model: version2, tiers: [tier], onDevice });
    expect(await strict.cache.get('a')).toBeUndefined();
    const lenient = createPredictor<string, string>({
      model: version2,
      tiers: [tier],
      onDevice,
      allowPreviousModel: model,
    });
    expect(await lenient.predict('a')).toMatchObject({ output: '1 a', isStale: true });
    await expect.poll(async () => (await lenient.predict('a')).output).toBe('2 a');
  });
});
