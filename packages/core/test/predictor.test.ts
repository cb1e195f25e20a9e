import { createPredictor, fromFunction, memory, type PredictorEvent, type Tensors } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { failure } from './support/failure.js';
import { GatedEngine } from './support/gatedEngine.js';

const model = { name: 'm', version: '1' };
const tensor = (...values: number[]): Tensors => ({
  x: { type: 'float32', dims: [values.length], data: Float32Array.from(values) },
});

describe('predict', () => {
  it('computes once, then answers from memory, and says so', async () => {
    const run = vi.fn(async ({ text }: { text: string }) => ({ length: text.length }));
    const predictor = createPredictor<{ text: string }, { length: number }>({
      model,
      onDevice: fromFunction(run),
    });
    const first = await predictor.predict({ text: 'bonjour' });
    expect(first).toMatchObject({
      output: { length: 7 },
      source: 'on_device',
      age: 0,
      isStale: false,
      backend: 'function',
      model,
    });
    const second = await predictor.predict({ text: 'bonjour' });
    expect(second).toMatchObject({ output: { length: 7 }, source: 'memory', key: first.key });
    expect(second.age).toBeGreaterThanOrEqual(0);
    expect(await predictor.predict({ text: 'salut' })).toMatchObject({
      output: { length: 5 },
      source: 'on_device',
    });
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('takes and gives tensors where there is no encode and decode', async () => {
    const predictor = createPredictor({
      model,
      onDevice: fromFunction(({ x }: { x: { data: Float32Array } }) =>
        tensor(...x.data.map((value) => value * 2)),
      ),
    });
    expect((await predictor.predict(tensor(1, 2))).output.x?.data).toEqual(Float32Array.of(2, 4));
    expect((await predictor.predict(tensor(1, 2))).source).toBe('memory');
  });

  it('encodes inputs and decodes outputs, hits included', async () => {
    const predictor = createPredictor({
      model,
      encode: (text: string) => tensor(text.length),
      decode: (outputs) => `length ${outputs.y!.data[0]}`,
      onDevice: fromFunction(({ x }: Tensors) => ({ y: x! })),
    });
    expect(await predictor.predict('abc')).toMatchObject({ output: 'length 3', source: 'on_device' });
    // The key is of what was encoded: another text of the same length is the same input to the model.
    expect(await predictor.predict('xyz')).toMatchObject({ output: 'length 3', source: 'memory' });
  });

  it('keys by keyFrom where it is given, and encodes on a miss only', async () => {
    const encode = vi.fn((image: { bytes: Uint8Array }) => [...image.bytes]);
    const options = {
      model,
      encode,
      keyFrom: (image: { bytes: Uint8Array }) => image.bytes,
      tiers: [memory()],
      onDevice: fromFunction((pixels: number[]) => pixels.length),
    };
    const image = { bytes: new Uint8Array(6000).fill(3) };
    const predictor = createPredictor<typeof image, number>({ ...options, encodeVersion: '1' });
    expect((await predictor.predict(image)).output).toBe(6000);
    expect((await predictor.predict(image)).source).toBe('memory');
    expect(predictor.peek(image)?.output).toBe(6000);
    expect(encode).toHaveBeenCalledTimes(1);
    const changed = createPredictor<typeof image, number>({ ...options, encodeVersion: '2' });
    expect((await changed.predict(image)).source).toBe('on_device');
  });

  it('answers many in order, and each distinct one once', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<number, number>({ model, onDevice: engine });
    const answers = predictor.predictMany([3, 1, 3, 2]);
    const { batch, answer } = await engine.called(1);
    expect(batch).toEqual([3, 1, 2]);
    answer([30, 10, 20]);
    expect((await answers).map(({ output }) => output)).toEqual([30, 10, 30, 20]);
    expect(predictor.stats()).toMatchObject({
      requests: 4,
      misses: 4,
      collapsed: 1,
      hits: 0,
      computedBy: { on_device: 3 },
    });
    expect(await predictor.predictMany([])).toEqual([]);
  });

  it('hands every caller a value of its own', async () => {
    const outputs = { y: { type: 'int8', dims: [1], data: Int8Array.of(1) } };
    const predictor = createPredictor<string, { y: { data: Int8Array } }>({
      model,
      onDevice: fromFunction(() => outputs),
    });
    const both = await Promise.all([predictor.predict('a'), predictor.predict('a')]);
    for (const { output } of both) output.y.data[0] = 99;
    outputs.y.data[0] = 77;
    const hit = (await predictor.predict('a')).output;
    expect(hit.y.data[0]).toBe(1);
    hit.y.data[0] = 55;
    expect(predictor.peek('a')?.output.y.data[0]).toBe(1);

    const json = createPredictor<string, { list: number[] }>({
      model,
      onDevice: fromFunction(() => ({ list: [1] })),
    });
    (await json.predict('a')).output.list.push(2);
    expect((await json.predict('a')).output.list).toEqual([1]);
  });

  it('computes on what the input was when it was asked', async () => {
    for (const length of [4, 50_000]) {
      const engine = new GatedEngine();
      const predictor = createPredictor({ model, onDevice: engine });
      const input = tensor(...new Array<number>(length).fill(1));
      const asked = predictor.predict(input);
      (input.x!.data as Float32Array).fill(2);
      const { batch, answer } = await engine.called(1);
      expect((batch[0] as Tensors).x!.data[0]).toBe(1);
      answer([batch[0]!]);
      await asked;
      const later = predictor.predict(input);
      const second = await engine.called(2);
      expect((second.batch[0] as Tensors).x!.data[0]).toBe(2);
      second.answer([second.batch[0]!]);
      expect((await later).source).toBe('on_device');
      expect((await predictor.predict(tensor(...new Array<number>(length).fill(1)))).source).toBe('memory');
    }
  });

  it('also does so for JSON, and hands the engine the canonical value', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<{ a: number; b?: undefined }, string>({ model, onDevice: engine });
    const input = { a: -0, b: undefined };
    void predictor.predict(input).catch(() => {});
    input.a = 5;
    const { batch } = await engine.called(1);
    expect(Object.is((batch[0] as { a: number }).a, 0)).toBe(true);
    expect(Object.keys(batch[0] as object)).toEqual(['a']);
  });
});

describe('peek', () => {
  it('answers in the same turn when memory knows it, and never computes', async () => {
    const run = vi.fn(() => 'answer');
    const predictor = createPredictor<string, string>({ model, onDevice: fromFunction(run) });
    expect(predictor.peek('a')).toBeUndefined();
    expect(run).not.toHaveBeenCalled();
    expect(predictor.stats().requests).toBe(0);
    await predictor.predict('a');
    expect(predictor.peek('a')).toMatchObject({ output: 'answer', source: 'memory' });
    expect(predictor.stats()).toMatchObject({ requests: 2, hits: 1, hitsByTier: { memory: 1 } });
  });

  it('does not throw on what predict would refuse', () => {
    const encode = (text: string) => {
      if (text === 'bad') throw new Error('no');
      return text;
    };
    const predictor = createPredictor<string, string>({ model, encode, onDevice: fromFunction(() => 'x') });
    for (const input of ['bad', undefined, Number.NaN, () => 1])
      expect(predictor.peek(input as string)).toBeUndefined();
  });
});

describe('events and stats', () => {
  it('end every request in exactly one event, and count what they say', async () => {
    const predictor = createPredictor<string, string>({
      model,
      onDevice: fromFunction((text: string) => {
        if (text === 'bad') throw new Error('refused');
        return text.toUpperCase();
      }),
    });
    const events: PredictorEvent[] = [];
    const unsubscribe = predictor.subscribe((event) => events.push(event));
    await predictor.predict('a');
    await predictor.predict('a');
    await failure(predictor.predict('bad'));
    await failure(predictor.predict('b', { signal: AbortSignal.abort() }));
    expect(events.map(({ type }) => type)).toEqual([
      'miss',
      'stored',
      'computed',
      'hit',
      'miss',
      'engine-error',
      'failed',
      'aborted',
    ]);
    const stats = predictor.stats();
    expect(stats).toMatchObject({
      requests: 4,
      hits: 1,
      misses: 1,
      failures: 1,
      aborted: 1,
      hitRatio: 0.5,
      stored: 1,
      engineErrors: 1,
    });
    expect(stats.latency.memory).toMatchObject({ count: 1 });
    expect(stats.tiers.memory).toMatchObject({ entries: 1, maxSize: 16e6 });
    unsubscribe();
    await predictor.predict('a');
    expect(events).toHaveLength(8);
    expect(stats.requests).toBe(4);
  });

  it('counts as saved what computing took, less the look-up', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const asked = predictor.predict('a');
    const { answer } = await engine.called(1);
    const before = performance.now();
    while (performance.now() - before < 5);
    answer(['x']);
    await asked;
    await predictor.predict('a');
    expect(predictor.stats().timeSaved).toBeGreaterThan(3);
  });

  it('survives a listener that throws, and one that leaves while it is spoken to', async () => {
    const uncaught = vi.fn();
    vi.stubGlobal('reportError', uncaught);
    const predictor = createPredictor<string, string>({ model, onDevice: fromFunction(() => 'x') });
    const heard = vi.fn();
    predictor.subscribe(() => {
      throw new Error('listener');
    });
    const leave = predictor.subscribe(() => leave());
    predictor.subscribe(heard);
    expect((await predictor.predict('a')).output).toBe('x');
    expect(heard).toHaveBeenCalledTimes(3);
    expect(uncaught).toHaveBeenCalledTimes(3);
    vi.unstubAllGlobals();
  });
});

describe('clear and dispose', () => {
  it('forgets what was known, and does not store what was being computed', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const asked = predictor.predict('a');
    const first = await engine.called(1);
    await predictor.clear();
    // Asked after clearing: computed anew, not joined to what began before.
    const again = predictor.predict('a');
    first.answer(['old']);
    expect((await asked).output).toBe('old');
    const second = await engine.called(2);
    expect(predictor.peek('a')).toBeUndefined();
    second.answer(['new']);
    expect((await again).output).toBe('new');
    expect(predictor.peek('a')?.output).toBe('new');
    await predictor.clear();
    expect(predictor.peek('a')).toBeUndefined();
  });

  it("leaves other models' entries of a shared tier alone", async () => {
    const tier = memory();
    const make = (version: string) =>
      createPredictor<string, string>({
        model: { name: 'm', version },
        tiers: [tier],
        onDevice: fromFunction(() => version),
      });
    const [one, two] = [make('1'), make('2')];
    await one.predict('a');
    await two.predict('a');
    await one.clear();
    expect(one.peek('a')).toBeUndefined();
    expect(two.peek('a')?.output).toBe('2');
  });

  it('settles all that is pending when disposed of, and refuses what comes later', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const pending = [
      failure(predictor.predict('a')),
      failure(predictor.predict('a')),
      failure(predictor.predict('b')),
    ];
    await engine.called(1);
    await Promise.all([predictor.dispose(), predictor.dispose()]);
    for (const error of await Promise.all(pending)) expect(error).toMatchObject({ code: 'DISPOSED' });
    for (const call of [
      predictor.predict('a'),
      predictor.predictMany(['a']),
      predictor.clear(),
      predictor.load(),
    ]) {
      expect(await failure(call)).toMatchObject({ code: 'DISPOSED' });
    }
    expect(predictor.peek('a')).toBeUndefined();
    expect(engine.calls[0]!.options.signal!.aborted).toBe(true);
  });

  it('closes shared tiers and engines with their last user', async () => {
    const tier = memory();
    const engine = fromFunction((text: string) => text);
    const dispose = vi.spyOn(engine, 'dispose');
    const [one, two] = ['1', '2'].map((version) =>
      createPredictor<string, string>({ model: { name: 'm', version }, tiers: [tier], onDevice: engine }),
    ) as [
      ReturnType<typeof createPredictor<string, string>>,
      ReturnType<typeof createPredictor<string, string>>,
    ];
    await one.dispose();
    expect(dispose).not.toHaveBeenCalled();
    await two.predict('a');
    expect((await two.predict('a')).source).toBe('memory');
    await two.dispose();
    expect(dispose).toHaveBeenCalledTimes(1);
    expect(tier.usage().entries).toBe(0);
  });
});
