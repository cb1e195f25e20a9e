import { createPredictor, fromFunction, PredcacheError } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { failure } from './support/failure.js';
import { GatedEngine } from './support/gatedEngine.js';

const model = { name: 'm', version: '1' };
const works = (answer: string) => fromFunction(() => answer);
const fails = (message: string) =>
  fromFunction(() => {
    throw new Error(message);
  });

describe('routing', () => {
  it('asks the engine that the mode prefers, per predictor and per call', async () => {
    const predictor = createPredictor<string, string>({
      model,
      onDevice: works('device'),
      inCloud: works('cloud'),
    });
    expect(await predictor.predict('a')).toMatchObject({ output: 'device', source: 'on_device' });
    expect(await predictor.predict('b', { inferenceMode: 'prefer_in_cloud' })).toMatchObject({
      output: 'cloud',
      source: 'in_cloud',
    });
    const cloudy = createPredictor<string, string>({
      model,
      onDevice: works('device'),
      inCloud: works('cloud'),
      inferenceMode: 'only_in_cloud',
    });
    expect((await cloudy.predict('a')).source).toBe('in_cloud');
  });

  it('falls back to the other engine, and says so', async () => {
    const predictor = createPredictor<string, string>({
      model,
      onDevice: fails('no wasm'),
      inCloud: works('cloud'),
    });
    const errors: string[] = [];
    predictor.subscribe(
      (event) => event.type === 'engine-error' && errors.push(`${event.source}: ${event.error.code}`),
    );
    expect(await predictor.predict('a')).toMatchObject({ output: 'cloud', source: 'in_cloud' });
    expect(errors).toEqual(['on_device: ENGINE_FAILED']);
    expect((await predictor.predict('a')).source).toBe('memory');
    expect(await failure(predictor.predict('b', { inferenceMode: 'only_on_device' }))).toMatchObject({
      code: 'ENGINE_FAILED',
      what: 'no wasm',
    });
  });

  it('carries every cause when all engines fail, and works again when one does', async () => {
    let isUp = false;
    const inCloud = fromFunction(() => {
      if (!isUp) throw new Error('offline');
      return 'cloud';
    });
    const predictor = createPredictor<string, string>({ model, onDevice: fails('no wasm'), inCloud });
    const error = (await failure(predictor.predict('a'))) as PredcacheError;
    expect(error).toMatchObject({
      code: 'ENGINES_FAILED',
      details: { codes: ['ENGINE_FAILED', 'ENGINE_FAILED'] },
    });
    expect((error.cause as AggregateError).errors.map((cause: PredcacheError) => cause.what)).toEqual([
      'no wasm',
      'offline',
    ]);
    isUp = true;
    expect((await predictor.predict('a')).output).toBe('cloud');
  });

  it('says what is missing when the mode allows no engine that is there', async () => {
    const predictor = createPredictor<string, string>({ model, onDevice: works('device') });
    expect(await failure(predictor.predict('a', { inferenceMode: 'only_in_cloud' }))).toMatchObject({
      code: 'ENGINE_MISSING',
    });
    expect(await failure(predictor.predict('a', { inferenceMode: 'sometimes' as never }))).toMatchObject({
      code: 'OPTIONS_INVALID',
    });
  });

  it('refuses options that make no sense, naming them', () => {
    const onDevice = works('x');
    const bad = [
      [{ model }, 'onDevice'],
      [{ model: { name: '' }, onDevice }, 'model.name'],
      [{ model, onDevice, keyFrom: () => new Uint8Array() }, 'encodeVersion'],
      [{ model, onDevice, inferenceMode: 'x' }, 'inferenceMode'],
      [{ model, onDevice, maxInputSize: Number.NaN }, 'maxInputSize'],
    ] as const;
    for (const [options, where] of bad) {
      expect(() => createPredictor(options as never)).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID', where: expect.stringContaining(where) }),
      );
    }
  });
});

describe('batching', () => {
  it('sends together what queued up while the engine was busy, up to maxBatchSize', async () => {
    const engine = new GatedEngine({ maxBatchSize: 3 });
    const predictor = createPredictor<number, number>({ model, onDevice: engine });
    const first = predictor.predict(0);
    const { batch, answer } = await engine.called(1);
    expect(batch).toEqual([0]);
    const rest = [1, 2, 3, 4].map((input) => predictor.predict(input));
    answer([0]);
    await first;
    const second = await engine.called(2);
    expect(second.batch).toEqual([1, 2, 3]);
    second.answer([10, 20, 30]);
    const third = await engine.called(3);
    expect(third.batch).toEqual([4]);
    third.answer([40]);
    expect((await Promise.all(rest)).map(({ output }) => output)).toEqual([10, 20, 30, 40]);
  });

  it('lets a bad item fail alone', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const asked = ['a', 'bad', 'c'].map((input) =>
      predictor.predict(input).catch((error: PredcacheError) => error.code),
    );
    (await engine.called(1)).fail(new Error('one of them'));
    (await engine.called(2)).answer(['A']);
    (await engine.called(3)).fail(new Error('this one'));
    (await engine.called(4)).answer(['C']);
    const [a, bad, c] = await Promise.all(asked);
    expect([a, bad, c]).toMatchObject([{ output: 'A' }, 'ENGINE_FAILED', { output: 'C' }]);
  });

  it('does not try item by item what no item is to blame for', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const asked = ['a', 'b'].map((input) => failure(predictor.predict(input)));
    const error = new PredcacheError({
      code: 'MODEL_INVALID',
      what: 'Truncated',
      where: 'm',
      hint: 'Deploy it again',
    });
    (await engine.called(1)).fail(error);
    expect(await Promise.all(asked)).toEqual([error, error]);
    expect(engine.calls).toHaveLength(1);
  });

  it('refuses results that do not fit the batch', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const asked = failure(predictor.predict('a'));
    (await engine.called(1)).answer([]);
    expect(await asked).toMatchObject({ code: 'OUTPUT_INVALID' });
  });
});
