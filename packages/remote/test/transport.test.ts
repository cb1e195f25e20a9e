import { openInference } from '@predcache/remote';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { retryAfter } from '../src/transport/retryAfter.js';
import { RetryBudget } from '../src/transport/retryBudget.js';
import { retryDelay } from '../src/transport/retryDelay.js';
import { doublingServer, floats, model } from './support/doublingServer.js';
import { rejection } from './support/errors.js';
import { type Handler, testServer } from './support/testServer.js';

/** Answers one request after another with these statuses, then as it should; `undefined` for a broken connection. */
function troubled(statuses: readonly (number | undefined)[], headers: Record<string, string> = {}): Handler {
  let at = 0;
  return (request, response, body) => {
    if (at >= statuses.length) return doublingServer(request, response, body);
    const status = statuses[at++];
    if (status === undefined) request.socket.resetAndDestroy();
    else response.writeHead(status, headers).end();
  };
}

describe('retries', () => {
  it.each([[undefined], [408], [429], [502], [503], [504]])('after %s', async (status) => {
    const server = await testServer(troubled([status, status]));
    const { outputs } = await openInference({ baseUrl: server.url }).run([floats(2)], { model });
    expect(outputs).toEqual([{ y: { type: 'float32', dims: [1], data: Float32Array.of(4) } }]);
    expect(server.requests).toHaveLength(3);
  });

  it.each([[400], [401], [404], [413], [422], [500], [501]])('not after %i', async (status) => {
    const server = await testServer(troubled([status]));
    const run = openInference({ baseUrl: server.url, format: 'json' }).run([floats(2)], { model });
    const { details } = await rejection(run, 'REMOTE_STATUS');
    expect(details).toMatchObject({ status, tries: 1, statuses: [status] });
    expect(server.requests).toHaveLength(1);
  });

  it('end after as many as the option says, and the error tells what was tried', async () => {
    const server = await testServer(troubled([503, undefined, 502, 504]));
    const engine = openInference({ baseUrl: server.url, retries: 3 });
    const { details } = await rejection(engine.run([floats(2)], { model }), 'REMOTE_STATUS');
    expect(details).toMatchObject({ status: 504, tries: 4, statuses: [503, 502, 504] });
  });

  it('do without the answer of a try that takes too long', async () => {
    let isFirst = true;
    const server = await testServer((request, response, body) => {
      if (!isFirst) doublingServer(request, response, body);
      isFirst = false;
    });
    const engine = openInference({ baseUrl: server.url, tryTimeout: 100 });
    await engine.run([floats(2)], { model });
    expect(server.requests).toHaveLength(2);
  });

  it('wait as long as the server asks', async () => {
    const server = await testServer(troubled([429], { 'retry-after': '1' }));
    const started = performance.now();
    await openInference({ baseUrl: server.url }).run([floats(2)], { model });
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
  });

  it('are not waited for where the server asks for longer than the deadline', async () => {
    const server = await testServer(troubled([503], { 'retry-after': '60' }));
    const started = performance.now();
    const engine = openInference({ baseUrl: server.url, timeout: 5_000 });
    const { details } = await rejection(engine.run([floats(2)], { model }), 'REMOTE_STATUS');
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(details).toMatchObject({ retryAfter: 60_000, tries: 1 });
  });

  it('keep within a budget that all calls share', async () => {
    // Without the pauses, which are tested below.
    const random = vi.spyOn(Math, 'random').mockReturnValue(0);
    onTestFinished(() => random.mockRestore());
    const server = await testServer(troubled(Array.from({ length: 1_000 }, () => 503)));
    const engine = openInference({ baseUrl: server.url, breaker: false, retries: 5 });
    for (let call = 0; call < 20; call++) {
      await rejection(engine.run([floats(2)], { model }), 'REMOTE_STATUS');
    }
    // 20 first tries, and the ten that a full bucket holds.
    expect(server.requests).toHaveLength(30);
  });

  it('ask for the headers each time', async () => {
    const seen: unknown[] = [];
    const answer = troubled([503, 503]);
    const server = await testServer((request, response, body) => {
      seen.push(request.headers.authorization);
      answer(request, response, body);
    });
    let token = 0;
    const engine = openInference({
      baseUrl: server.url,
      headers: async () => ({ Authorization: `Bearer ${++token}` }),
    });
    await engine.run([floats(2)], { model });
    expect(seen).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 3']);
  });

  it('end at once when the caller aborts in between', async () => {
    const server = await testServer(troubled([503], { 'retry-after': '5' }));
    const controller = new AbortController();
    const running = openInference({ baseUrl: server.url }).run([floats(2)], {
      model,
      signal: controller.signal,
    });
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });
});

it('an error for want of time says what the tries before it met', async () => {
  const server = await testServer((_request, response) => {
    if (server.requests.length === 1) response.writeHead(503).end();
  });
  const engine = openInference({ baseUrl: server.url, timeout: 500 });
  const { details, cause } = await rejection(engine.run([floats(1)], { model }), 'REMOTE_TIMEOUT');
  expect(details).toMatchObject({ timeout: 500, tries: 2, statuses: [503] });
  expect(cause).toMatchObject({ code: 'REMOTE_STATUS' });
});

it('a headers function that fails is ENGINE_FAILED with its cause', async () => {
  const cause = new Error('no token');
  const engine = openInference({
    baseUrl: 'http://127.0.0.1:9',
    headers: () => {
      throw cause;
    },
  });
  expect((await rejection(engine.run([floats(1)], { model }), 'ENGINE_FAILED')).cause).toBe(cause);
  expect((await engine.availability({ model })).state).toBe('available');
});

describe('hedging', () => {
  it('asks a second time when an answer takes longer than usual, and takes the first to come', async () => {
    let isSlow = false;
    const server = await testServer((request, response, body) => {
      // Only the first of the two is slow.
      if (isSlow) isSlow = false;
      else doublingServer(request, response, body);
    });
    const engine = openInference({ baseUrl: server.url, hedging: true });
    for (let call = 0; call < 20; call++) await engine.run([floats(call)], { model });
    const before = server.requests.length;
    isSlow = true;
    const { outputs } = await engine.run([floats(4)], { model });
    expect(outputs).toEqual([{ y: { type: 'float32', dims: [1], data: Float32Array.of(8) } }]);
    expect(server.requests.length).toBe(before + 2);
    // The slow one is let go.
    await vi.waitFor(() => expect(server.underWay.size).toBe(0));
  });

  it('is off unless asked for', async () => {
    let isSlow = false;
    const server = await testServer((request, response, body) => {
      if (!isSlow) doublingServer(request, response, body);
    });
    const engine = openInference({ baseUrl: server.url, timeout: 400 });
    for (let call = 0; call < 30; call++) await engine.run([floats(call)], { model });
    isSlow = true;
    await rejection(engine.run([floats(4)], { model }), 'REMOTE_TIMEOUT');
    expect(server.requests).toHaveLength(31);
  });
});

it('no more requests are under way than the engine is allowed', async () => {
  let most = 0;
  const held: (() => void)[] = [];
  const server = await testServer((request, response, body) => {
    held.push(() => doublingServer(request, response, body));
    most = Math.max(most, server.underWay.size);
  });
  const engine = openInference({ baseUrl: server.url, concurrency: 3 });
  const calls = Array.from({ length: 9 }, (_, index) => engine.run([floats(index)], { model }));
  for (let round = 1; round <= 3; round++) {
    await vi.waitFor(() => expect(server.requests).toHaveLength(round * 3));
    for (const answer of held.splice(0)) answer();
  }
  await Promise.all(calls);
  expect(most).toBe(3);
});

describe('Retry-After', () => {
  const at = Date.parse('Wed, 25 Nov 2026 10:00:00 GMT');
  it.each([
    ['120', {}, 120_000],
    ['0', {}, 0],
    [' 7 ', {}, 7_000],
    ['Wed, 25 Nov 2026 10:00:30 GMT', {}, 30_000],
    ['Wed, 25 Nov 2026 09:00:00 GMT', {}, 0],
    // The device's clock is an hour off, the server's counts.
    ['Wed, 25 Nov 2026 09:00:30 GMT', { date: 'Wed, 25 Nov 2026 09:00:00 GMT' }, 30_000],
    ['-5', {}, undefined],
    ['soon', {}, undefined],
    ['', {}, undefined],
  ])('%s %j is %s', (value, more, expected) => {
    expect(retryAfter(new Headers({ 'retry-after': value, ...more }), at)).toBe(expected);
  });

  it('is never cut short, and what is added grows', () => {
    for (let tries = 1; tries < 20; tries++) {
      const bound = Math.min(5_000, 100 * 2 ** (tries - 1));
      for (let draw = 0; draw < 50; draw++) {
        expect(retryDelay(tries, undefined)).toBeLessThanOrEqual(bound);
        expect(retryDelay(tries, 700)).toBeGreaterThanOrEqual(700);
        expect(retryDelay(tries, 700)).toBeLessThanOrEqual(700 + bound);
      }
    }
  });
});

it('a budget that is spent is earned back, a tenth with each answer', () => {
  const budget = new RetryBudget();
  for (let taken = 0; taken < 10; taken++) expect(budget.take()).toBe(true);
  expect(budget.take()).toBe(false);
  for (let answers = 0; answers < 11; answers++) budget.earn();
  expect([budget.take(), budget.take()]).toEqual([true, false]);
});
