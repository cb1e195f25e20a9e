import { once } from 'node:events';
import { connect } from 'node:net';
import { fromFunction, type Tensors } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { errorOf, infer, parseRaw, rawExchange, send } from './support/requests.js';
import { testGateway } from './support/testGateway.js';

const input = (...data: readonly number[]) => ({
  inputs: [{ name: 'x', shape: [data.length], datatype: 'FP32', data }],
});

/** Computes once it is told to. */
function heldEngine() {
  const waiting: (() => void)[] = [];
  const engine = fromFunction(
    async ({ x }: Tensors) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { y: x! };
    },
    { concurrency: 1 },
  );
  const release = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  return { engine, waiting, release };
}

describe('what one request may hold', () => {
  const gateway = testGateway({ limits: { maxJsonDepth: 6, maxTensors: 3, maxBatchSize: 4 } });

  it('JSON that is too deep, wherever it is', async () => {
    const deep = '['.repeat(7);
    for (const text of [
      deep,
      `{"inputs":[{"data":${deep}`,
      `{"parameters":{"a":{"b":{"c":{"d":{"e":{}}}}}}}}`,
    ])
      expect(errorOf(await infer(gateway, 'identity', text), 400)).toContain('deeper than 6');
    const parameters = { text: '[[[[[[[[', escaped: '\\"[[[[[[[{' };
    expect((await infer(gateway, 'identity', { ...input(1), parameters })).status).toBe(200);
  });

  it('too many tensors', async () => {
    const [x] = input(1).inputs;
    const inputs = ['a', 'b', 'c', 'd'].map((name) => ({ ...x, name }));
    expect(errorOf(await infer(gateway, 'identity', { inputs }), 413)).toContain('at most 3');
  });

  it('too many rows, also of nothing', async () => {
    const rows = (count: number) => ({
      inputs: ['a', 'b'].map((name) => ({
        name,
        shape: [count, 2],
        datatype: 'FP32',
        data: new Array<number>(count * 2).fill(1),
      })),
    });
    expect((await infer(gateway, 'add', rows(4))).status).toBe(200);
    expect(errorOf(await infer(gateway, 'add', rows(5)), 413)).toContain('a batch of 5, at most 4');
    const nothing = { name: 'input0', shape: [2 ** 50, 0], datatype: 'FP32', data: [] };
    errorOf(await infer(gateway, 'mlp_small', { inputs: [nothing] }), 413);
  });
});

describe('a queue that is full', () => {
  const held = heldEngine();
  const gateway = testGateway({ engine: held.engine, limits: { maxQueueLength: 2 } });

  it('is answered with 503 and when to come back, and what waits is answered', async () => {
    const asked = Array.from({ length: 8 }, (_, index) => infer(gateway, 'identity', input(index)));
    let settled = 0;
    for (const each of asked) void each.then(() => settled++);
    // One is computed and two wait; all others are answered at once.
    await expect.poll(() => settled).toBe(5);
    await expect
      .poll(() => {
        held.release();
        return settled;
      })
      .toBe(8);
    const replies = await Promise.all(asked);
    const refused = replies.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(5);
    for (const reply of refused) {
      errorOf(reply, 503);
      expect(reply.headers.get('retry-after')).toBe('1');
    }
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
  });
});

describe('more inferences at once than may be', () => {
  const held = heldEngine();
  const gateway = testGateway({ engine: held.engine, limits: { maxRequests: 3 } });

  it('are answered with 503; what is under way goes on, and the next one after it too', async () => {
    const asked = Array.from({ length: 3 }, () => infer(gateway, 'identity', input(1)));
    await expect.poll(() => held.waiting.length).toBe(1);
    await expect
      .poll(async () => (await infer(gateway, 'identity', input(1))).status, { timeout: 5_000 })
      .toBe(503);
    const refused = await infer(gateway, 'identity', input(1));
    errorOf(refused, 503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await send(`${gateway.url}/v2/health/ready`)).status).toBe(200);
    held.release();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200]);
    await expect.poll(async () => (await infer(gateway, 'identity', input(1))).status).toBe(200);
  });
});

describe('what comes too slowly', () => {
  const gateway = testGateway({ limits: { requestTimeout: 400, headersTimeout: 200 } });

  async function slow(...parts: readonly string[]): Promise<unknown> {
    const started = performance.now();
    const answer = parseRaw(await rawExchange(gateway.port, ...parts));
    expect(performance.now() - started).toBeLessThan(5_000);
    return answer;
  }
  const refused = { status: 408, json: { error: expect.any(String) } };

  it('is answered with 408: a header, a body, and a body in chunks', async () => {
    const head = 'POST /v2/models/identity/infer HTTP/1.1\r\nHost: x\r\n';
    expect(await slow(head)).toEqual(refused);
    expect(await slow(`${head}Content-Length: 100\r\n\r\n{"inputs"`)).toEqual(refused);
    expect(await slow(`${head}Transfer-Encoding: chunked\r\n\r\n9\r\n{"inputs"\r\n`)).toEqual(refused);
    expect(await slow(`${head}Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\u001f`)).toEqual(refused);
    expect((await infer(gateway, 'identity', input(1))).status).toBe(200);
  });

  it('a client that has closed its side gets its answer', async () => {
    const body = JSON.stringify(input(1));
    const socket = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true });
    const received: Buffer[] = [];
    socket.on('data', (data) => received.push(data));
    socket.end(
      `POST /v2/models/identity/infer HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    await once(socket, 'end');
    expect(parseRaw(Buffer.concat(received)).status).toBe(200);
  });

  it('a client that closes its side in the middle of its body is let go', async () => {
    const socket = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end('POST /v2/models/identity/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    socket.resume();
    await once(socket, 'end');
    socket.destroy();
    expect((await infer(gateway, 'identity', input(1))).status).toBe(200);
  });
});
