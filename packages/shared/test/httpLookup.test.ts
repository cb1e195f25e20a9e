import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import {
  createPredictor,
  type Entry,
  encodeEntry,
  entrySize,
  fromFunction,
  isPredcacheError,
  memory,
  type Tensors,
  type Tier,
} from '@predcache/core';
import { httpLookup } from '@predcache/shared';
import { describe, expect, it, vi } from 'vitest';
import { answerWith, type Handler, predictionServer } from './predictionServer.js';

const keyOf = (number: number) => number.toString(16).padStart(64, '0');
const outputs: Tensors = { y: { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } };

function entry(number: number, changes: Partial<Entry> = {}): Entry {
  return {
    key: keyOf(number),
    model: 'a'.repeat(64),
    outputs,
    createdAt: 1_700_000_000_000,
    cost: 5,
    size: entrySize(outputs, []),
    tags: [],
    computedBy: 'on_device',
    backend: 'onnx',
    ...changes,
  };
}

function errorsOf(tier: Tier): string[] {
  const codes: string[] = [];
  tier.subscribe((event) => {
    if (event.type === 'tier-error') codes.push(isPredcacheError(event.error) ? event.error.code : 'untyped');
  });
  return codes;
}

describe('look-ups', () => {
  it('of one key at once are one request, and no more run at once than may', async () => {
    const server = await predictionServer();
    const held: (() => void)[] = [];
    server.handler = (_request, response) => held.push(() => response.writeHead(404).end());
    const tier = httpLookup({ baseUrl: `${server.url}/`, concurrency: 2 });
    const looking = [
      tier.getMany([keyOf(1), keyOf(2), keyOf(3), keyOf(1)]),
      tier.getMany([keyOf(1)]),
      tier.getMany([keyOf(4)]),
    ];
    for (const count of [2, 4]) {
      await vi.waitFor(() => expect(server.requests).toHaveLength(count));
      for (const answer of held.splice(0)) answer();
    }
    await Promise.all(looking);
    expect(server.requests).toEqual([1, 2, 3, 4].map((number) => `GET /v2/predictions/${keyOf(number)}`));
  });

  it('of a key that is not known are not repeated for a while', async () => {
    const server = await predictionServer();
    const missTtl = 150;
    const tier = httpLookup({ baseUrl: server.url, missTtl });
    const asked = performance.now();
    expect(await tier.getMany([keyOf(1)])).toEqual([undefined]);
    server.entries.set(keyOf(1), entry(1));
    if ((await tier.getMany([keyOf(1)]))[0] !== undefined) {
      // On a machine that slow the time may be over already.
      expect(performance.now() - asked).toBeGreaterThanOrEqual(missTtl);
    }
    await vi.waitFor(async () => expect(await tier.getMany([keyOf(1)])).toEqual([entry(1)]));
    expect(performance.now() - asked).toBeGreaterThanOrEqual(missTtl);
    expect(server.requests).toHaveLength(2);
  });

  it('give nothing of another model', async () => {
    const server = await predictionServer();
    server.entries.set(keyOf(1), entry(1));
    const tier = httpLookup({ baseUrl: server.url });
    expect(await tier.getMany([keyOf(1)], 'b'.repeat(64))).toEqual([undefined]);
    expect(await tier.getMany([keyOf(1)], 'a'.repeat(64))).toEqual([entry(1)]);
  });

  it('send no header that would need a preflight', async () => {
    const server = await predictionServer();
    let sent: Headers | undefined;
    const spying: typeof fetch = (input, init) => {
      sent = new Request(input, init).headers;
      return fetch(input, init);
    };
    await httpLookup({ baseUrl: server.url, fetch: spying }).getMany([keyOf(1)]);
    expect([...sent!.keys()]).toEqual([]);
  });
});

describe('every failure is a miss and an event', () => {
  const bytes = encodeEntry(entry(1));
  const damaged = bytes.slice();
  damaged[bytes.length - 1]! ^= 1;
  const handlers: readonly (readonly [string, Handler, string])[] = [
    ['a status', (_request, response) => response.writeHead(500).end(), 'STORAGE_UNAVAILABLE'],
    ['a web page', (_request, response) => response.end('<p>Hello'), 'STORAGE_FAILED'],
    ['damaged bytes', (_request, response) => answerWith(response, damaged), 'STORAGE_CORRUPT'],
    ['half an entry', (_request, response) => answerWith(response, bytes.subarray(0, 60)), 'STORAGE_CORRUPT'],
    ['another entry', (_request, response) => answerWith(response, encodeEntry(entry(2))), 'STORAGE_CORRUPT'],
    ['too much', (_request, response) => answerWith(response, new Uint8Array(5_000)), 'STORAGE_FAILED'],
    ['a reset', (request) => request.socket.resetAndDestroy(), 'STORAGE_UNAVAILABLE'],
    ['silence', () => undefined, 'STORAGE_TIMEOUT'],
  ];

  it.each(handlers)('%s', async (_name, handler, code) => {
    const server = await predictionServer();
    server.handler = handler;
    const tier = httpLookup({ baseUrl: server.url, timeout: 300, maxAnswerSize: 4_000 });
    const errors = errorsOf(tier);
    expect(await tier.getMany([keyOf(1)])).toEqual([undefined]);
    expect(errors).toEqual([code]);
    // The next one is asked for all the same.
    server.handler = undefined;
    server.entries.set(keyOf(3), entry(3));
    expect(await tier.getMany([keyOf(3)])).toEqual([entry(3)]);
  });

  it('an address that is none here, too', async () => {
    const tier = httpLookup({ baseUrl: '/v2' });
    const errors = errorsOf(tier);
    expect(await tier.getMany([keyOf(1)])).toEqual([undefined]);
    expect(errors).toEqual(['STORAGE_UNAVAILABLE']);
  });

  it('a server that keeps failing is left alone', async () => {
    const server = await predictionServer();
    server.handler = (_request, response) => response.writeHead(503).end();
    const tier = httpLookup({ baseUrl: server.url });
    for (let number = 0; number < 10; number++) await tier.getMany([keyOf(number)]);
    expect(server.requests).toHaveLength(3);
  });

  it('an entry of another release is a miss without an event', async () => {
    const server = await predictionServer();
    const newer = bytes.slice();
    newer[0]! += 1;
    server.handler = (_request, response) => answerWith(response, newer);
    const tier = httpLookup({ baseUrl: server.url });
    const errors = errorsOf(tier);
    expect(await tier.getMany([keyOf(1)])).toEqual([undefined]);
    expect(errors).toEqual([]);
  });
});

describe('deletions', () => {
  it('cover what the server has kept, and nothing that was computed later', async () => {
    const server = await predictionServer();
    for (const number of [1, 2, 3, 4])
      server.entries.set(keyOf(number), entry(number, { tags: [`t${number}`] }));
    const tier = httpLookup({ baseUrl: server.url });
    const { model } = entry(1);
    expect(tier.delete({ keys: [keyOf(1)] })).toBe(0);
    tier.delete({ model, tags: ['t2'] });
    const known = async () =>
      (await tier.getMany([1, 2, 3, 4].map(keyOf))).map((found) => found !== undefined);
    expect(await known()).toEqual([false, false, true, true]);
    tier.delete({
      model,
      where: ({ key }) => {
        if (key === keyOf(3)) throw new Error('no');
        return false;
      },
    });
    expect(await known()).toEqual([false, false, false, true]);
    tier.delete({ all: true });
    expect(await known()).toEqual([false, false, false, false]);
    server.entries.set(keyOf(1), entry(1, { createdAt: Date.now() + 1_000 }));
    expect(await known()).toEqual([true, false, false, false]);
  });

  it('are remembered in bounded memory', async () => {
    const server = await predictionServer();
    server.entries.set(keyOf(1), entry(1));
    const tier = httpLookup({ baseUrl: server.url });
    tier.delete({ keys: [keyOf(1)] });
    for (let number = 10; number < 1_010; number++) tier.delete({ keys: [keyOf(number)] });
    expect(await tier.getMany([keyOf(1)])).toEqual([undefined]);
  });
});

it('closing ends what is under way, with misses', async () => {
  const server = await predictionServer();
  let isOver = false;
  server.handler = (_request, response) => response.on('close', () => (isOver = true));
  const tier = httpLookup({ baseUrl: server.url });
  const errors = errorsOf(tier);
  const looking = tier.getMany([keyOf(1)]);
  await vi.waitFor(() => expect(server.requests).toHaveLength(1));
  await tier.close();
  expect(await looking).toEqual([undefined]);
  await vi.waitFor(() => expect(isOver).toBe(true));
  expect(errors).toEqual([]);
});

it.each([
  ['baseUrl', { baseUrl: '' }],
  ['baseUrl', { baseUrl: '/v2?a' }],
  ['timeout', { baseUrl: '/v2', timeout: 0 }],
  ['concurrency', { baseUrl: '/v2', concurrency: 0 }],
  ['missTtl', { baseUrl: '/v2', missTtl: -1 }],
  ['maxAnswerSize', { baseUrl: '/v2', maxAnswerSize: Number.NaN }],
])('options that are not valid are refused by name: %s', (option, options) => {
  expect(() => httpLookup(options)).toThrowError(option);
  expect(() => httpLookup(options)).toThrowError(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
});

describe('in a predictor', () => {
  const model = { name: 'm', version: '1' } as const;

  /** A client whose every upload is counted. */
  function client(baseUrl: string) {
    const upload = vi.fn(async ({ text }: { text: string }) => ({ letters: text.length }));
    const tiers = [memory({ maxSize: 1e6 }), httpLookup({ baseUrl })];
    return {
      upload,
      predictor: createPredictor<{ text: string }, { letters: number }>({
        model,
        tiers,
        inCloud: fromFunction(upload),
      }),
    };
  }

  it('asks by key first, and uploads the input on a miss only', async () => {
    const server = await predictionServer();
    const first = client(server.url);
    const miss = await first.predictor.predict({ text: 'abc' });
    expect(miss).toMatchObject({ output: { letters: 3 }, source: 'in_cloud' });
    expect(first.upload).toHaveBeenCalledTimes(1);
    expect(server.requests).toEqual([`GET /v2/predictions/${miss.key}`]);
    // As the gateway has it from then on.
    server.entries.set(miss.key, {
      ...entry(0),
      key: miss.key,
      model: await modelIdOf(model),
      outputs: { letters: 3 },
      createdAt: Date.now(),
    });
    const second = client(server.url);
    const hit = await second.predictor.predict({ text: 'abc' });
    expect(hit).toMatchObject({ output: { letters: 3 }, source: 'shared', key: miss.key });
    expect(second.upload).not.toHaveBeenCalled();
    // And it is here from then on.
    expect((await second.predictor.predict({ text: 'abc' })).source).toBe('memory');
    expect(server.requests).toHaveLength(2);
    expect(server.requests.every((request) => request.startsWith('GET '))).toBe(true);
    await first.predictor.dispose();
    await second.predictor.dispose();
  });

  it('answers all the same when nothing listens there', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const { predictor, upload } = client(`http://127.0.0.1:${port}/v2`);
    for (const text of ['a', 'b', 'c', 'd']) {
      expect((await predictor.predict({ text })).output).toEqual({ letters: 1 });
    }
    expect(upload).toHaveBeenCalledTimes(4);
    await predictor.dispose();
  });

  /** What entries of a model carry, from a tier that kept one. */
  async function modelIdOf(of: typeof model): Promise<string> {
    const tier = memory();
    const predictor = createPredictor<string, null>({
      model: of,
      tiers: [tier],
      inCloud: fromFunction(() => null),
    });
    const { key } = await predictor.predict('any');
    const [found] = await tier.getMany([key]);
    await predictor.dispose();
    return found!.model;
  }
});
