import type { Tensors } from '@predcache/core';
import { createPredictor } from '@predcache/core';
import { openInference } from '@predcache/remote';
import { describe, expect, it, vi } from 'vitest';
import { bitsOf } from './support/arbitraryTensors.js';
import { doublingServer, floats, model } from './support/doublingServer.js';
import { rejection } from './support/errors.js';
import { testServer } from './support/testServer.js';

describe('openInference', () => {
  it.each(['', '/', '/v2', '/v2/', '/v2//'])('takes a baseUrl that ends in "%s"', async (end) => {
    const server = await testServer(doublingServer);
    const engine = openInference({ baseUrl: `${server.url}${end}` });
    await engine.load({ model });
    const { outputs, backend } = await engine.run([floats(1, 2)], { model });
    expect(outputs).toEqual([{ y: { type: 'float32', dims: [2], data: Float32Array.of(2, 4) } }]);
    expect(backend).toBe('oip');
    expect(server.requests).toEqual(['GET /v2/models/m/ready', 'POST /v2/models/m/infer']);
  });

  it('asks for the model, version and path it is told, with its headers', async () => {
    const seen: unknown[] = [];
    const server = await testServer((request, response, body) => {
      seen.push([request.url, request.headers.authorization, request.headers['content-type']]);
      doublingServer(request, response, body);
    });
    const engine = openInference({
      baseUrl: `${server.url}/api`,
      model: 'a model/ü',
      version: '2.1',
      headers: { Authorization: 'Bearer secret' },
    });
    await engine.run([floats(1)], { model });
    const path = '/api/v2/models/a%20model%2F%C3%BC/versions/2.1/infer';
    expect(seen).toEqual([[path, 'Bearer secret', 'application/json']]);
  });

  it('gives the same bits in both formats', async () => {
    const server = await testServer(doublingServer);
    const input = floats(0.1, -0, 1e-45, 3.4e38 / 2, 1 / 3);
    const answers = await Promise.all(
      (['json', 'binary'] as const).map((format) =>
        openInference({ baseUrl: server.url, format }).run([input], { model }),
      ),
    );
    expect(bitsOf(answers[0]!.outputs[0] as Tensors)).toEqual(bitsOf(answers[1]!.outputs[0] as Tensors));
  });

  it('carries in binary what JSON cannot', async () => {
    const server = await testServer(doublingServer);
    const engine = openInference({ baseUrl: server.url, format: 'binary' });
    const { outputs } = await engine.run([floats(Number.NaN, Number.POSITIVE_INFINITY)], { model });
    expect(outputs[0]).toEqual(
      floats(Number.NaN, Number.POSITIVE_INFINITY).x && { y: floats(Number.NaN, Number.POSITIVE_INFINITY).x },
    );
    const json = openInference({ baseUrl: server.url });
    const error = await rejection(json.run([floats(Number.NaN)], { model }), 'INPUT_REJECTED');
    expect(error.hint).toContain("format: 'binary'");
  });

  it('sends what the input was when run was called', async () => {
    const server = await testServer(doublingServer);
    const input = floats(1);
    const running = openInference({ baseUrl: server.url, format: 'binary' }).run([input], { model });
    (input.x!.data as Float32Array)[0] = 50;
    expect((await running).outputs[0]).toMatchObject({ y: { data: Float32Array.of(2) } });
  });

  it('answers a whole batch in order, and nothing for none', async () => {
    const server = await testServer(doublingServer);
    const engine = openInference({ baseUrl: server.url });
    const { outputs } = await engine.run([floats(1), floats(2), floats(3)], { model });
    expect(outputs.map((output) => (output as Tensors).y?.data)).toEqual(
      [2, 4, 6].map((y) => Float32Array.of(y)),
    );
    expect((await engine.run([], { model })).outputs).toEqual([]);
  });

  it('asks whether a model is ready once, and again after the server has failed', async () => {
    let failing = false;
    const server = await testServer((request, response, body) => {
      if (failing) response.writeHead(503).end();
      else doublingServer(request, response, body);
    });
    const engine = openInference({ baseUrl: server.url, retries: 0 });
    await engine.load({ model });
    await engine.load({ model });
    expect(server.requests).toHaveLength(1);
    failing = true;
    await rejection(engine.run([floats(1)], { model }), 'REMOTE_STATUS');
    await rejection(engine.load({ model }), 'REMOTE_STATUS');
    failing = false;
    await engine.load({ model });
    expect(server.requests).toHaveLength(4);
  });

  it.each([
    ['a status', 400, ''],
    ['a body', 200, '{"name":"m","ready":false}'],
  ])('does not load a model that is said not to be ready by %s', async (_what, status, body) => {
    const server = await testServer((_request, response) => response.writeHead(status).end(body));
    const onProgress = vi.fn();
    await rejection(openInference({ baseUrl: server.url }).load({ model, onProgress }), 'REMOTE_STATUS');
    expect(onProgress).not.toHaveBeenCalled();
  });

  it('says after each outcome whether the server is to be had', async () => {
    let status = 200;
    const server = await testServer((request, response, body) => {
      if (status === 200) doublingServer(request, response, body);
      else response.writeHead(status, { 'content-type': 'text/plain' }).end('Out of memory');
    });
    const engine = openInference({ baseUrl: server.url });
    expect(await engine.availability({ model })).toEqual({ state: 'available' });
    status = 500;
    await rejection(engine.run([floats(1)], { model }), 'REMOTE_STATUS');
    const { state, reason } = await engine.availability({ model });
    expect(state).toBe('unavailable');
    expect(reason).toContain('Out of memory');
    expect(await engine.availability({ model: { name: 'other', version: '1' } })).toEqual({
      state: 'available',
    });
    status = 200;
    await engine.run([floats(1)], { model });
    expect(await engine.availability({ model })).toEqual({ state: 'available' });
    status = 422;
    await rejection(engine.run([floats(1)], { model }), 'REMOTE_STATUS');
    expect(await engine.availability({ model })).toEqual({ state: 'available' });
    await engine.dispose();
    expect((await engine.availability({ model })).state).toBe('unavailable');
  });

  it('uses the fetch it is given, and the global one as it is at the time of the call', async () => {
    const server = await testServer(doublingServer);
    const given = vi.fn(fetch);
    await openInference({ baseUrl: server.url, fetch: given }).run([floats(1)], { model });
    expect(given).toHaveBeenCalledTimes(1);
    const engine = openInference({ baseUrl: server.url });
    const replaced = vi.spyOn(globalThis, 'fetch');
    await engine.run([floats(1)], { model });
    expect(replaced).toHaveBeenCalledTimes(1);
    replaced.mockRestore();
  });

  it('serves a predictor: identical requests at once are sent once, and repeats not at all', async () => {
    const server = await testServer(doublingServer);
    const predictor = createPredictor({ model, inCloud: openInference({ baseUrl: server.url }) });
    const answers = await Promise.all([predictor.predict(floats(4)), predictor.predict(floats(4))]);
    expect(answers.map(({ output, source }) => [(output.y as { data: unknown }).data, source])).toEqual([
      [Float32Array.of(8), 'in_cloud'],
      [Float32Array.of(8), 'in_cloud'],
    ]);
    expect((await predictor.predict(floats(4))).source).toBe('memory');
    expect(server.requests).toHaveLength(1);
    await predictor.dispose();
  });
});

describe('options', () => {
  it.each([
    ['baseUrl', { baseUrl: '' }],
    ['baseUrl', { baseUrl: '/v2?key=1' }],
    ['baseUrl', { baseUrl: undefined as unknown as string }],
    ['timeout', { baseUrl: '/v2', timeout: 0 }],
    ['timeout', { baseUrl: '/v2', timeout: Number.POSITIVE_INFINITY }],
    ['timeout', { baseUrl: '/v2', timeout: Number.NaN }],
    ['concurrency', { baseUrl: '/v2', concurrency: 0 }],
    ['concurrency', { baseUrl: '/v2', concurrency: 1.5 }],
    ['format', { baseUrl: '/v2', format: 'protobuf' as 'json' }],
    ['headers', { baseUrl: '/v2', headers: { 'not a name': 'x' } }],
    ['model', { baseUrl: '/v2', model: '' }],
  ])('that are not valid are refused by name: %s %j', (option, options) => {
    expect(() => openInference(options)).toThrowError(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    expect(() => openInference(options)).toThrowError(option);
  });

  it('that need a page are accepted without one, and refused when used', async () => {
    const engine = openInference({ baseUrl: '/v2' });
    const error = await rejection(engine.run([floats(1)], { model }), 'OPTIONS_INVALID');
    expect(error.hint).toContain('absolute');
    expect((await engine.availability({ model })).state).toBe('available');
  });
});
