import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { ErrorCode } from '@predcache/core';
import { openInference } from '@predcache/remote';
import { describe, expect, it, vi } from 'vitest';
import { doublingServer, floats, model } from './support/doublingServer.js';
import { rejection } from './support/errors.js';
import { type Handler, testServer } from './support/testServer.js';

/** An answer that is never finished. */
const never: Handler = () => undefined;

const json = { 'content-type': 'application/json' };

async function runAgainst(handler: Handler, code: ErrorCode, timeout = 10_000) {
  const server = await testServer(handler);
  const engine = openInference({ baseUrl: server.url, timeout });
  const error = await rejection(engine.run([floats(1)], { model }), code);
  expect(error.where.startsWith(`POST ${server.url}/v2/models/m/infer`)).toBe(true);
  return error;
}

describe('a server that cannot be reached', () => {
  it('because nothing listens is REMOTE_UNREACHABLE, with what the system said', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const engine = openInference({ baseUrl: `http://127.0.0.1:${port}` });
    const error = await rejection(engine.run([floats(1)], { model }), 'REMOTE_UNREACHABLE');
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.cause).toBeInstanceOf(TypeError);
    await rejection(engine.load({ model }), 'REMOTE_UNREACHABLE');
    expect((await engine.availability({ model })).reason).toContain('ECONNREFUSED');
  });

  it('because its name is unknown is REMOTE_UNREACHABLE', async () => {
    const engine = openInference({ baseUrl: 'http://no-such-host.invalid' });
    await rejection(engine.run([floats(1)], { model }), 'REMOTE_UNREACHABLE');
  });

  it('because it resets the connection is REMOTE_UNREACHABLE, before and in the middle of an answer', async () => {
    await runAgainst((request) => request.socket.resetAndDestroy(), 'REMOTE_UNREACHABLE');
    await runAgainst((request, response) => {
      response.writeHead(200, json).write('{"outputs":[', () => request.socket.resetAndDestroy());
    }, 'REMOTE_UNREACHABLE');
  });

  it('because it truncates the answer is REMOTE_UNREACHABLE', async () => {
    await runAgainst((_request, response) => {
      response.writeHead(200, { ...json, 'content-length': 500 });
      response.write('{"outputs":[]}', () => response.destroy());
    }, 'REMOTE_UNREACHABLE');
  });

  it('because what answers speaks no HTTP is REMOTE_UNREACHABLE', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const engine = openInference({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await rejection(engine.run([floats(1)], { model }), 'REMOTE_UNREACHABLE');
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a server that is slow', () => {
  it('to answer at all is REMOTE_TIMEOUT, and its connection is let go', async () => {
    const server = await testServer(never);
    const engine = openInference({ baseUrl: server.url, timeout: 100 });
    const error = await rejection(engine.run([floats(1)], { model }), 'REMOTE_TIMEOUT');
    expect(error.details.timeout).toBe(100);
    await vi.waitFor(() => expect(server.underWay.size).toBe(0));
    await rejection(engine.load({ model }), 'REMOTE_TIMEOUT');
  });

  it('in the middle of its answer is REMOTE_TIMEOUT', async () => {
    await runAgainst((_request, response) => response.writeHead(200, json).write('{'), 'REMOTE_TIMEOUT', 100);
  });

  it('is REMOTE_TIMEOUT also when the given fetch heeds no signal', async () => {
    const engine = openInference({
      baseUrl: 'http://x',
      timeout: 50,
      fetch: () => new Promise(() => undefined),
    });
    await rejection(engine.run([floats(1)], { model }), 'REMOTE_TIMEOUT');
  });

  it('but in time is answered', async () => {
    const server = await testServer((request, response, body) => {
      setTimeout(() => doublingServer(request, response, body), 50);
    });
    const { outputs } = await openInference({ baseUrl: server.url, timeout: 5_000 }).run([floats(1)], {
      model,
    });
    expect(outputs).toHaveLength(1);
  });
});

describe('a status that is an error is REMOTE_STATUS with what the server said', () => {
  it.each([
    ['the protocol’s error', 400, '{"error":"unexpected shape\\n for x"}', 'unexpected shape for x', /input/],
    ['an error object', 400, '{"error":{"message":"no"}}', 'no', /input/],
    ['a detail', 405, '{"detail":"Method Not Allowed"}', 'Method Not Allowed', /input/],
    [
      'a list of details',
      422,
      '{"detail":[{"msg":"Field required","loc":["body","inputs"],"input":{"secret":1}}]}',
      'Field required at body.inputs',
      /input/,
    ],
    ['an unknown model', 404, '{"error":"Model m not found"}', 'Model m not found', /baseUrl/],
    ['no credentials', 401, 'who are you', 'who are you', /headers/],
    ['too much', 413, '', 'status 413', /smaller/],
    ['too often', 429, '{"message":"slow down"}', 'slow down', /less often/],
    ['plain text', 500, 'Internal Server Error', 'Internal Server Error', /log/],
    [
      'a web page',
      502,
      '<html><head><style>b{}</style></head><body><h1>502 Bad\nGateway</h1></body></html>',
      '502 Bad Gateway',
      /log/,
    ],
    ['JSON that is broken', 500, '{"error":', '{"error":', /log/],
    ['an error of another kind', 500, '{"code":7}', '{"code":7}', /log/],
  ])('%s', async (_what, status, body, said, hint) => {
    const error = await runAgainst(
      (_request, response) => response.writeHead(status).end(body),
      'REMOTE_STATUS',
    );
    expect(error.details.status).toBe(status);
    expect(error.message).toContain(said);
    expect(error.message).not.toContain('secret');
    expect(error.hint).toMatch(hint);
  });

  it('of a long page is cut short', async () => {
    const page = `<p>${'x'.repeat(500_000)}`;
    const error = await runAgainst(
      (_request, response) => response.writeHead(500).end(page),
      'REMOTE_STATUS',
    );
    expect(error.message.length).toBeLessThan(600);
  });
});

describe('an answer that is not what the protocol says is REMOTE_PROTOCOL', () => {
  it.each([
    ['a web page', { 'content-type': 'text/html; charset=utf-8' }, '<!doctype html><title>App</title>'],
    ['nothing', json, ''],
    ['no JSON', json, 'OK'],
    ['JSON of another kind', json, '{"predictions":[[1,2]]}'],
    ['no outputs', json, '{"model_name":"m","outputs":[]}'],
    ['an error with status 200', json, '{"error":"out of memory"}'],
    ['a wrong shape', json, '{"outputs":[{"name":"y","shape":[2],"datatype":"FP32","data":[1]}]}'],
    [
      'bytes that it does not say the length of',
      { 'content-type': 'application/octet-stream' },
      '{"outputs":[]}\0\0',
    ],
    [
      'a header that is longer than the body',
      { 'content-type': 'application/octet-stream', 'inference-header-content-length': '500' },
      '{"outputs":[]}',
    ],
  ])('%s', async (_what, headers, body) => {
    await runAgainst((_request, response) => response.writeHead(200, headers).end(body), 'REMOTE_PROTOCOL');
  });

  it('and a web page in place of readiness as well', async () => {
    const server = await testServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    });
    const error = await rejection(openInference({ baseUrl: server.url }).load({ model }), 'REMOTE_PROTOCOL');
    expect(error.hint).toContain('baseUrl');
  });
});

describe('what is no named tensors is INPUT_REJECTED', () => {
  it.each([[null], ['text'], [5], [[1, 2]], [{}], [{ text: 'hello' }]])('%j', async (input) => {
    const server = await testServer(doublingServer);
    await rejection(openInference({ baseUrl: server.url }).run([input], { model }), 'INPUT_REJECTED');
    expect(server.requests).toEqual([]);
  });

  it('and tensors that do not fit themselves are INPUT_TENSOR_INVALID', async () => {
    const engine = openInference({ baseUrl: 'http://127.0.0.1:9' });
    const input = { x: { type: 'float32', dims: [3], data: Float32Array.of(1) } } as const;
    await rejection(engine.run([input], { model }), 'INPUT_TENSOR_INVALID');
  });
});

describe('an end before the answer', () => {
  it('by the caller rejects with the reason and lets the connection go', async () => {
    const server = await testServer(never);
    const engine = openInference({ baseUrl: server.url });
    for (const call of ['run', 'load'] as const) {
      const controller = new AbortController();
      const options = { model, signal: controller.signal };
      const running = call === 'run' ? engine.run([floats(1)], options) : engine.load(options);
      await vi.waitFor(() => expect(server.underWay.size).toBe(1));
      const reason = { why: 'any value may be a reason' };
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
      await vi.waitFor(() => expect(server.underWay.size).toBe(0));
    }
    expect(await engine.availability({ model })).toEqual({ state: 'available' });
  });

  it('by dispose settles everything with DISPOSED and lets the connections go', async () => {
    const server = await testServer(never);
    const engine = openInference({ baseUrl: server.url });
    const warned = vi.fn();
    process.on('warning', warned);
    const running = Array.from({ length: 20 }, () =>
      rejection(engine.run([floats(1)], { model }), 'DISPOSED'),
    );
    running.push(rejection(engine.load({ model }), 'DISPOSED'));
    await vi.waitFor(() => expect(server.underWay.size).toBeGreaterThan(0));
    await engine.dispose();
    await Promise.all(running);
    await vi.waitFor(() => expect(server.underWay.size).toBe(0));
    await rejection(engine.run([floats(1)], { model }), 'DISPOSED');
    await rejection(engine.load({ model }), 'DISPOSED');
    await engine.dispose();
    process.off('warning', warned);
    expect(warned.mock.calls).toEqual([]);
  });

  it('leaves nothing on a signal that lives on', async () => {
    const server = await testServer(doublingServer);
    const engine = openInference({ baseUrl: server.url });
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await engine.run([floats(1)], { model, signal });
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });
});
