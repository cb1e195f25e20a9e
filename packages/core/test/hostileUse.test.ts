import {
  createPredictor,
  type Engine,
  type Entry,
  fromFunction,
  type JsonValue,
  memory,
  type Payload,
  type Predictor,
  type Tensors,
  type Tier,
} from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { failure } from './support/failure.js';
import { GatedEngine } from './support/gatedEngine.js';

const model = { name: 'm', version: '1' };

/** A slower tier that keeps entries in a Map, with some of its methods replaced. */
function mapTier(changes: Partial<Tier> = {}, store = new Map<string, Entry>()): Tier {
  return {
    name: 'indexeddb',
    subscribe: () => () => {},
    getMany: async (keys) => keys.map((key) => store.get(key)),
    setMany: async (entries) => {
      for (const entry of entries) store.set(entry.key, entry);
      return entries.length;
    },
    delete: async () => {
      store.clear();
      return 0;
    },
    usage: async () => ({ entries: store.size, bytes: 0 }),
    close: async () => {},
    ...changes,
  };
}

function engineOf(run: Engine['run'], changes: Partial<Engine> = {}): Engine {
  return {
    name: 'test',
    concurrency: 1,
    maxBatchSize: 1,
    availability: async () => ({ state: 'available' }),
    load: async () => {},
    dispose: async () => {},
    run,
    ...changes,
  };
}

const y = (data: Uint8Array | Float32Array): Tensors =>
  ({ y: { type: data instanceof Float32Array ? 'float32' : 'uint8', dims: [data.length], data } }) as Tensors;

describe('what callers and engines do with their own', () => {
  it('does not get into keys or entries beside type, dims and data', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<unknown, Tensors>({ model, onDevice: engine });
    const asked = predictor.predict({
      x: { type: 'int8', dims: [1], data: Int8Array.of(1), language: 'fr' },
    });
    const { batch, answer } = await engine.called(1);
    expect(Object.keys((batch[0] as Tensors).x!)).toEqual(['type', 'dims', 'data']);
    answer([{ x: { type: 'int8', dims: [1], data: Int8Array.of(1), names: ['a'] } as never }]);
    expect(Object.keys((await asked).output.x!)).toEqual(['type', 'dims', 'data']);
  });

  it("copies Node's Buffer like any array of bytes", async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<Tensors, Tensors>({ model, onDevice: engine });
    const data = Buffer.from([1, 2]);
    const asked = predictor.predict(y(data));
    data[0] = 99;
    const { batch, answer } = await engine.called(1);
    expect((batch[0] as Tensors).y!.data).toEqual(Uint8Array.of(1, 2));
    answer([y(Buffer.from([3]))]);
    const { output } = await asked;
    (output.y!.data as Uint8Array)[0] = 99;
    expect((await predictor.predict(y(Uint8Array.of(1, 2)))).output.y!.data).toEqual(Uint8Array.of(3));
  });

  it('keeps what an engine gave even if it uses one buffer for all its outputs', async () => {
    const buffer = new Float32Array(1);
    const fill = (value: number) => {
      buffer[0] = value;
      return y(buffer);
    };
    const engines = [
      fromFunction(fill),
      fromFunction(fill, { concurrency: 1 }),
      engineOf(async ([input]) => ({ outputs: [fill(input as number)], backend: 'test' })),
    ];
    for (const onDevice of engines) {
      const predictor = createPredictor<number, Tensors>({ model, onDevice });
      const answers = await predictor.predictMany([1, 2, 3]);
      expect(answers.map(({ output }) => output.y!.data[0])).toEqual([1, 2, 3]);
    }
  });

  it('gives the next engine the input as it was, whatever the first one did to it', async () => {
    const predictor = createPredictor<number[], number[]>({
      model,
      onDevice: fromFunction((list: number[]) => {
        list.reverse();
        throw new Error('no');
      }),
      inCloud: fromFunction((list: number[]) => list),
    });
    expect((await predictor.predict([1, 2, 3])).output).toEqual([1, 2, 3]);
  });

  it('is not affected by later changes of the options', async () => {
    const changing = { name: 'm', version: '1' };
    const tiers = [memory()];
    const shared = memory();
    const close = vi.spyOn(shared, 'close');
    const versions: string[] = [];
    const predictor = createPredictor<string, string>({
      model: changing,
      tiers,
      onDevice: fromFunction((_: string, context) => {
        versions.push(context.model.version);
        return 'x';
      }),
    });
    changing.version = '2';
    tiers.push(shared);
    await predictor.predict('a');
    await predictor.dispose();
    expect(versions).toEqual(['1']);
    expect(close).not.toHaveBeenCalled();
  });

  it('may ask for a key while one is being written', async () => {
    const predictor = createPredictor<object, JsonValue>({
      model,
      onDevice: fromFunction((input: JsonValue) => input),
    });
    const { key } = await predictor.predict({ a: 1, b: 2 });
    const nosy = {
      a: 1,
      get b() {
        predictor.peek({ something: 'else' });
        return 2;
      },
    };
    expect((await predictor.predict(nosy)).key).toBe(key);
  });
});

describe('clear', () => {
  it.each([
    ['a small input', 'a'],
    ['a large input, still being hashed', 'a'.repeat(10_000)],
  ])('keeps out what was asked just before it: %s', async (_, input) => {
    const store = new Map<string, Entry>();
    const tiers = [memory(), mapTier({}, store)];
    const predictor = createPredictor<string, string>({ model, tiers, onDevice: fromFunction(() => 'x') });
    const asked = predictor.predict(input);
    await predictor.clear();
    expect((await asked).output).toBe('x');
    expect(predictor.peek(input)).toBeUndefined();
    expect(store.size).toBe(0);
  });

  it('keeps out what a slower tier still knows while it deletes', async () => {
    const store = new Map<string, Entry>();
    let finish = () => {};
    const deleting = () =>
      new Promise<number>((resolve) => {
        finish = () => resolve(store.size);
      });
    let answer = 'old';
    const predictor = createPredictor<string, string>({
      model,
      tiers: [memory(), mapTier({ delete: deleting }, store)],
      onDevice: fromFunction(() => answer),
    });
    await predictor.predict('a');
    answer = 'new';
    const clearing = predictor.clear();
    expect((await predictor.predict('a')).output).toBe('new');
    finish();
    await clearing;
    expect(predictor.peek('a')?.output).toBe('new');
  });
});

describe('requests at the same time', () => {
  it('do not join one that may be answered by another engine only', async () => {
    const inCloud = fromFunction(() => {
      throw new Error('offline');
    });
    const predictor = createPredictor<string, string>({
      model,
      onDevice: fromFunction(() => 'device'),
      inCloud,
    });
    const cloud = failure(predictor.predict('a', { inferenceMode: 'only_in_cloud' }));
    expect(await predictor.predict('a')).toMatchObject({ output: 'device', source: 'on_device' });
    expect(await cloud).toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('count as hits when a tier answered them all', async () => {
    const store = new Map<string, Entry>();
    const make = () =>
      createPredictor<string, string>({
        model,
        tiers: [memory(), mapTier({}, store)],
        onDevice: fromFunction(() => 'x'),
      });
    await make().predict('a');
    const predictor = make();
    await predictor.predictMany(['a', 'a']);
    expect(predictor.stats()).toMatchObject({ requests: 2, hits: 2, misses: 0, collapsed: 1, hitRatio: 1 });
  });

  it('count as computed once even if the one who began has left', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const controller = new AbortController();
    const first = failure(predictor.predict('a', { signal: controller.signal }));
    const second = predictor.predict('a');
    const { answer } = await engine.called(1);
    controller.abort();
    await first;
    answer(['A']);
    await second;
    expect(predictor.stats()).toMatchObject({
      requests: 2,
      aborted: 1,
      misses: 1,
      collapsed: 0,
      computedBy: { on_device: 1 },
    });
  });

  it('encode once with keyFrom, and not at all on a hit on disk', async () => {
    const store = new Map<string, Entry>();
    const encode = vi.fn((bytes: Uint8Array) => [...bytes]);
    const make = () =>
      createPredictor<Uint8Array, number>({
        model,
        encode,
        keyFrom: (bytes) => bytes,
        encodeVersion: '1',
        tiers: [memory(), mapTier({}, store)],
        onDevice: fromFunction((list: number[]) => list.length),
      });
    await make().predictMany([1, 1, 1].map((value) => Uint8Array.of(value)));
    expect(encode).toHaveBeenCalledTimes(1);
    expect((await make().predict(Uint8Array.of(1))).source).toBe('indexeddb');
    expect(encode).toHaveBeenCalledTimes(1);
  });

  it('run no more often than a function takes at once, whichever predictors they are of', async () => {
    let running = 0;
    let most = 0;
    const engine = fromFunction(
      async (text: string) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve));
        running--;
        return text;
      },
      { concurrency: 2 },
    );
    const asked = ['1', '2', '3'].flatMap((version) => {
      const predictor = createPredictor<string, string>({ model: { name: 'm', version }, onDevice: engine });
      return ['a', 'b', 'c'].map((input) => predictor.predict(input));
    });
    expect((await Promise.all(asked)).map(({ output }) => output).join('')).toBe('abcabcabc');
    expect(most).toBe(2);
  });

  it('put no more than one listener on a signal they share', async () => {
    const warnings = vi.spyOn(process, 'emitWarning');
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, 'addEventListener');
    const predictor = createPredictor<number, number>({
      model,
      onDevice: fromFunction((input: number) => input),
    });
    await predictor.predictMany(
      Array.from({ length: 50 }, (_, index) => index),
      { signal },
    );
    expect(add).toHaveBeenCalledTimes(1);
    expect(warnings).not.toHaveBeenCalled();
    warnings.mockRestore();
  });
});

describe('abort', () => {
  it('frees the engine even if it does not heed the signal', async () => {
    let calls = 0;
    const engine = engineOf(() =>
      ++calls === 1 ? new Promise(() => {}) : Promise.resolve({ outputs: ['B'], backend: 'test' }),
    );
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const controller = new AbortController();
    const asked = failure(predictor.predict('a', { signal: controller.signal }));
    await vi.waitFor(() => expect(calls).toBe(1));
    controller.abort();
    expect(await asked).toBe(controller.signal.reason);
    expect((await predictor.predict('b')).output).toBe('B');
  });

  it('gives its reason also when the predictor is disposed of at once', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const controller = new AbortController();
    const asked = failure(predictor.predict('a', { signal: controller.signal }));
    await engine.called(1);
    controller.abort();
    void predictor.dispose();
    expect(await asked).toBe(controller.signal.reason);
  });

  it('is noticed when encode itself aborts', async () => {
    const controller = new AbortController();
    const encode = (text: string) => {
      controller.abort();
      return text;
    };
    const predictor = createPredictor<string, string>({ model, encode, onDevice: fromFunction(() => 'x') });
    expect(await failure(predictor.predict('a', { signal: controller.signal }))).toBe(
      controller.signal.reason,
    );
  });
});

describe('engines that break their contract', () => {
  const cases: [what: string, run: () => Promise<never>, code: string][] = [
    [
      'reject with what has no text',
      () => Promise.reject(Object.assign(new Error('x'), { message: { detail: 1 } })),
      'ENGINE_FAILED',
    ],
    ['reject with an object without a prototype', () => Promise.reject(Object.create(null)), 'ENGINE_FAILED'],
    [
      'throw at once',
      () => {
        throw new Error('at once');
      },
      'ENGINE_FAILED',
    ],
    ['give nothing', async () => undefined as never, 'OUTPUT_INVALID'],
  ];
  it.each(cases)('get a typed error: %s', async (_, run, code) => {
    const predictor = createPredictor<string, string>({ model, onDevice: engineOf(run) });
    expect(await failure(predictor.predict('a'))).toMatchObject({ code });
    expect(predictor.stats()).toMatchObject({ requests: 1, failures: 1 });
  });

  it('are passed by when what they give is invalid and another engine is there', async () => {
    const predictor = createPredictor<string, string>({
      model,
      onDevice: fromFunction(() => undefined),
      inCloud: fromFunction(() => 'cloud'),
    });
    expect(await predictor.predict('a')).toMatchObject({ output: 'cloud', source: 'in_cloud' });
    expect(predictor.stats().engineErrors).toBe(1);
  });

  it('do not spoil the time saved with costs that are none', async () => {
    const run = async () => ({ outputs: ['x'], backend: 'test', costs: [Number.NaN] });
    const predictor = createPredictor<string, string>({ model, onDevice: engineOf(run) });
    await predictor.predictMany(['a']);
    await predictor.predict('a');
    expect(predictor.stats().timeSaved).toBeGreaterThanOrEqual(0);
  });

  it('do not keep tiers from being closed', async () => {
    const tier = memory();
    const close = vi.spyOn(tier, 'close');
    const run = async () => ({ outputs: ['x'], backend: 'test' });
    const engine = engineOf(run, {
      dispose: () => Promise.reject(new Error('stuck')),
      load: () => new Promise(() => {}),
    });
    const predictor = createPredictor<string, string>({ model, tiers: [tier], onDevice: engine });
    const types: string[] = [];
    predictor.subscribe(({ type }) => types.push(type));
    const loading = failure(predictor.load());
    expect(await failure(predictor.dispose())).toMatchObject({ code: 'ENGINE_FAILED', what: 'stuck' });
    expect(await loading).toMatchObject({ code: 'DISPOSED' });
    expect(close).toHaveBeenCalled();
    expect(types).toContain('disposed');
  });
});

describe('tiers that break their contract', () => {
  /** The identity of `model`, as tiers get to see it. */
  async function modelId(): Promise<string> {
    const store = new Map<string, Entry>();
    const predictor = createPredictor<string, string>({
      model,
      tiers: [mapTier({}, store)],
      onDevice: fromFunction(() => 'x'),
    });
    await predictor.predict('a');
    return [...store.values()][0]!.model;
  }

  it.each([
    ['no outputs', { outputs: undefined }],
    ['outputs that are none', { outputs: new Date(0) }],
    ['no size', { size: undefined }],
    ['a cost that is none', { cost: Number.NaN }],
    ['no backend', { backend: undefined }],
  ])('are not believed: an entry with %s', async (_, damage) => {
    const id = await modelId();
    const fast = memory({ maxSize: 1000 });
    const damaged = mapTier({
      getMany: async ([key]) => [{ ...sampleEntry(1), key: key!, model: id, ...damage } as unknown as Entry],
    });
    const predictor: Predictor<string, Payload> = createPredictor<string, Payload>({
      model,
      tiers: [fast, damaged],
      onDevice: fromFunction(() => 'x'),
    });
    for (const input of ['a', 'b', 'c']) expect((await predictor.predict(input)).output).toBe('x');
    expect(predictor.stats().tierErrors).toBe(3);
    expect(fast.usage().bytes).toBeLessThanOrEqual(1000);
  });

  it('do not make stats or dispose throw', async () => {
    const usage = () => {
      throw new Error('usage');
    };
    const close = () => {
      throw new Error('close');
    };
    const tier = mapTier({ peek: () => undefined, usage, close });
    const predictor = createPredictor<string, string>({
      model,
      tiers: [tier],
      onDevice: fromFunction(() => 'x'),
    });
    expect(predictor.stats().requests).toBe(0);
    await predictor.dispose();
    expect(predictor.stats().tierErrors).toBe(2);
  });

  it('may write while memory reports an eviction', () => {
    const tier = memory({ maxEntries: 2 });
    let isFirst = true;
    tier.subscribe(({ type }) => {
      if (type !== 'evicted' || !isFirst) return;
      isFirst = false;
      tier.setMany([sampleEntry(3)]);
    });
    tier.setMany([1, 2, 3, 4].map((number) => sampleEntry(number)));
    const { entries, bytes } = tier.usage();
    expect([entries, bytes]).toEqual([2, 2 * sampleEntry(1).size]);
  });
});

describe('options that make no sense', () => {
  const onDevice = fromFunction(() => 'x');
  const run = async () => ({ outputs: [], backend: 'x' });
  it.each([
    ['none at all', undefined],
    ['no model', { onDevice }],
    ['a function as engine', { model, onDevice: async () => 'x' }],
    ['an engine that takes no batch', { model, onDevice: engineOf(run, { maxBatchSize: 0 }) }],
    ['an engine that never runs', { model, onDevice: engineOf(run, { concurrency: Number.NaN }) }],
    ['a tier instead of tiers', { model, onDevice, tiers: memory() }],
    ['no tier in tiers', { model, onDevice, tiers: [undefined] }],
    ['an encode that is no function', { model, onDevice, encode: 3 }],
    ['a number as encodeVersion', { model, onDevice, keyFrom: () => new Uint8Array(), encodeVersion: 1 }],
  ])('are refused: %s', (_, options) => {
    expect(() => createPredictor(options as never)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    );
  });

  it('are refused by fromFunction', () => {
    for (const concurrency of [0, -1, Number.NaN]) {
      expect(() => fromFunction(() => 'x', { concurrency })).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID' }),
      );
    }
  });

  it('include tiers and engines that were closed with their last predictor', async () => {
    const tiers = [memory()];
    await createPredictor({ model, tiers, onDevice: fromFunction(() => 'x') }).dispose();
    expect(() => createPredictor({ model, tiers, onDevice })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    );
  });
});
