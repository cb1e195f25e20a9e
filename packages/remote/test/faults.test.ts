import { createPredictor, fromFunction, isPredcacheError, type Tensors } from '@predcache/core';
import { openInference } from '@predcache/remote';
import { describe, expect, it, vi } from 'vitest';
import { doublingServer, floats, model } from './support/doublingServer.js';
import { rejection } from './support/errors.js';
import { testServer } from './support/testServer.js';
import { type Toxic, toxicProxy } from './support/toxicProxy.js';

const timeout = 300;
/** ms by which a call may miss its deadline. */
const allowed = 50;

const toxics: readonly (readonly [string, Toxic])[] = [
  ['latency', { kind: 'latency', ms: 5_000 }],
  ['some latency', { kind: 'latency', ms: 30 }],
  ['a reset before the answer', { kind: 'reset', after: 0 }],
  ['a reset within the head of the answer', { kind: 'reset', after: 40 }],
  ['a reset within the body of the answer', { kind: 'reset', after: 200 }],
  ['an answer cut short', { kind: 'truncate', after: 200 }],
  ['no answer at all', { kind: 'truncate', after: 0 }],
  ['a black hole', { kind: 'blackHole' }],
  ['an answer that stalls', { kind: 'stall', after: 200 }],
  ['a storm of 500', { kind: 'storm', status: 500 }],
  ['a storm of 502', { kind: 'storm', status: 502 }],
  ['a storm of 503', { kind: 'storm', status: 503 }],
];

/**
 * What came of a call, and how many ms after its deadline. The deadline is when a bare timer of the same time fired, so
 * that a machine too busy to run any timer in time fails nothing.
 */
async function timed(work: Promise<unknown>, limit = timeout): Promise<{ late: number; error: unknown }> {
  const deadline = new Promise<number>((resolve) => setTimeout(() => resolve(performance.now()), limit));
  const error = await outcome(work);
  const ended = performance.now();
  return { late: ended - (await deadline), error };
}

/** What a promise rejects with; undefined where it works. */
function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
}

async function proxied() {
  const server = await testServer(doublingServer);
  return { server, proxy: await toxicProxy(server.url) };
}

describe.each(toxics)('with %s', (_name, toxic) => {
  it('no call outlives its deadline by 50 ms, and each ends with an answer or a typed error', async () => {
    const { proxy } = await proxied();
    proxy.toxic = toxic;
    const engine = openInference({ baseUrl: proxy.url, timeout });
    // More than run at once, so that some wait for their turn.
    const calls = Array.from({ length: 20 }, (_, index) => timed(engine.run([floats(index)], { model })));
    for (const { late, error } of await Promise.all(calls)) {
      expect(late).toBeLessThan(allowed);
      expect(error === undefined || (isPredcacheError(error) && error.code.startsWith('REMOTE_'))).toBe(true);
    }
    await engine.dispose();
  });

  it('every prediction is answered where the device can', async () => {
    const { proxy } = await proxied();
    proxy.toxic = toxic;
    const device = fromFunction(
      async ({ x }: { x: { data: Float32Array } }): Promise<Tensors> => ({
        y: { type: 'float32', dims: [x.data.length], data: x.data.map((element) => element * 2) },
      }),
    );
    const predictor = createPredictor({
      model,
      onDevice: device,
      inCloud: openInference({ baseUrl: proxy.url, timeout }),
      inferenceMode: 'prefer_in_cloud',
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => predictor.predict(floats(index))),
    );
    expect(answers.map(({ output }) => (output as Tensors).y?.data)).toEqual(
      Array.from({ length: 20 }, (_, index) => Float32Array.of(index * 2)),
    );
    await predictor.dispose();
  });
});

it('a name that cannot be resolved ends in time', async () => {
  const engine = openInference({ baseUrl: 'http://no-such-host.invalid', timeout });
  const { late, error } = await timed(engine.run([floats(1)], { model }));
  expect(late).toBeLessThan(allowed);
  expect(isPredcacheError(error) && error.code).toMatch(/^REMOTE_(UNREACHABLE|TIMEOUT)$/);
});

it('a deadline is kept while the token is being fetched as well', async () => {
  const engine = openInference({
    baseUrl: 'http://127.0.0.1:9',
    timeout: 100,
    headers: () => new Promise(() => undefined),
  });
  const { late, error } = await timed(engine.run([floats(1)], { model }), 100);
  expect(late).toBeLessThan(allowed);
  expect(isPredcacheError(error) && error.code).toBe('REMOTE_TIMEOUT');
});

it.each([
  ['resets', { kind: 'reset', after: 0 }],
  ['a storm of 503', { kind: 'storm', status: 503 }],
  ['a black hole', { kind: 'blackHole' }],
] as const)(
  'the breaker opens during %s, sends nothing meanwhile, and closes again',
  async (_name, toxic) => {
    const { server, proxy } = await proxied();
    proxy.toxic = toxic;
    const coolDown = 200;
    const options = { baseUrl: proxy.url, timeout: 500, retries: 0, breaker: { failures: 3, coolDown } };
    const engine = openInference(options);
    for (let call = 0; call < 3; call++) {
      const error = await outcome(engine.run([floats(1)], { model }));
      expect(isPredcacheError(error) && error.details.circuit).toBeUndefined();
    }
    const { connections } = proxy;
    const error = await rejection(engine.run([floats(1)], { model }), 'REMOTE_UNREACHABLE');
    expect(error.details).toMatchObject({ circuit: 'open', tries: 0 });
    expect(isPredcacheError(error.cause)).toBe(true);
    expect(proxy.connections).toBe(connections);
    expect((await engine.availability({ model })).state).toBe('unavailable');
    // Half-open: one try, which fails, opens it once more.
    await vi.waitFor(async () => expect((await engine.availability({ model })).state).toBe('available'));
    const [first, ...others] = await Promise.all(
      Array.from({ length: 4 }, () => outcome(engine.run([floats(1)], { model }))),
    );
    expect(isPredcacheError(first) && first.details.circuit).toBeUndefined();
    for (const other of others) expect(isPredcacheError(other) && other.details.circuit).toBe('open');
    // Three and one, if they got as far as the server.
    expect([0, 4]).toContain(server.requests.length);
    proxy.toxic = { kind: 'none' };
    await vi.waitFor(async () => expect((await engine.availability({ model })).state).toBe('available'));
    await engine.run([floats(1)], { model });
    const many = await Promise.all(
      Array.from({ length: 4 }, () => outcome(engine.run([floats(1)], { model }))),
    );
    expect(many).toEqual([undefined, undefined, undefined, undefined]);
  },
);
