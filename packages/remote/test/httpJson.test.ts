import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tensors } from '@predcache/core';
import { createPredictor } from '@predcache/core';
import { engineConformance } from '@predcache/core/testing';
import { httpJson } from '@predcache/remote';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLenientJson } from '../src/lenientJson.js';
import { bytesOf } from './support/bytes.js';
import { rejection, thrown } from './support/errors.js';
import { type Handler, testServer } from './support/testServer.js';

const model = { name: 'm', version: '1' } as const;

/** Counts the letters of a text. */
const counting: Handler = (_request, response, body) => {
  const { text } = JSON.parse(body.toString()) as { text?: unknown };
  if (typeof text === 'string') response.end(JSON.stringify({ letters: text.length }));
  else response.writeHead(422).end(JSON.stringify({ detail: 'text is missing' }));
};

describe('httpJson', () => {
  it('sends what request makes of an input, and gives what response makes of the answer', async () => {
    const seen: unknown[] = [];
    const server = await testServer((request, response, body) => {
      seen.push([request.method, request.url, request.headers['content-type'], request.headers['x-key']]);
      counting(request, response, body);
    });
    const engine = httpJson({
      url: (_input: string, { model: { name } }) => `${server.url}/${name}/count`,
      method: 'PUT',
      headers: () => ({ 'X-Key': 'k' }),
      request: (text) => ({ text }),
      response: ({ letters }: { letters: number }, { status }) => [letters, status],
      backend: 'counter-2',
    });
    const { outputs, backend } = await engine.run(['hello'], { model });
    expect(outputs).toEqual([[5, 200]]);
    expect(backend).toBe('counter-2');
    expect(seen).toEqual([['PUT', '/m/count', 'application/json', 'k']]);
  });

  it('serves a predictor as it is where inputs and outputs are JSON', async () => {
    const server = await testServer(counting);
    const predictor = createPredictor<{ text: string }, { letters: number }>({
      model,
      inCloud: httpJson({ url: server.url }),
    });
    expect((await predictor.predict({ text: 'abc' })).output).toEqual({ letters: 3 });
    expect((await predictor.predict({ text: 'abc' })).source).toBe('memory');
    expect(server.requests).toHaveLength(1);
    await predictor.dispose();
  });

  it('retries, and hands on freshness and validators', async () => {
    let calls = 0;
    const server = await testServer((request, response, body) => {
      calls++;
      response.setHeader('cache-control', 'max-age=9');
      if (calls === 1) response.writeHead(503).end();
      else if (request.headers['if-none-match'] === '"a"') response.writeHead(304).end();
      else counting(request, response, body);
    });
    const engine = httpJson({ url: server.url });
    const first = await engine.run([{ text: 'a' }], { model });
    expect(first).toMatchObject({
      outputs: [{ letters: 1 }],
      notModified: [false],
      freshness: [{ ttl: 9_000 }],
    });
    const second = await engine.run([{ text: 'a' }], { model, etags: ['"a"'] });
    expect(second).toMatchObject({ outputs: [undefined], notModified: [true], freshness: [{ ttl: 9_000 }] });
  });

  it('tells by code what went wrong', async () => {
    const server = await testServer((request, response, body) => {
      if (request.url === '/text') response.end('hello');
      else if (request.url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
      else counting(request, response, body);
    });
    const { url } = server;
    const status = await rejection(httpJson({ url }).run([{}], { model }), 'REMOTE_STATUS');
    expect(status.details).toMatchObject({ status: 422, message: 'text is missing', tries: 1 });
    await rejection(httpJson({ url: `${url}/text` }).run([{ text: 'a' }], { model }), 'REMOTE_PROTOCOL');
    await rejection(httpJson({ url: `${url}/page` }).run([{ text: 'a' }], { model }), 'REMOTE_PROTOCOL');
    const response = (): never => {
      throw new TypeError('no');
    };
    await rejection(httpJson({ url, response }).run([{ text: 'a' }], { model }), 'REMOTE_PROTOCOL');
    await rejection(httpJson({ url, request: response }).run([{}], { model }), 'INPUT_REJECTED');
    await rejection(httpJson({ url, request: () => undefined }).run([{}], { model }), 'INPUT_REJECTED');
    await rejection(httpJson({ url, request: () => 1n }).run([{}], { model }), 'INPUT_REJECTED');
    await rejection(httpJson({ url: '/relative' }).run([{}], { model }), 'OPTIONS_INVALID');
  });

  it.each([
    ['url', { url: '' }],
    ['method', { url: '/x', method: 'GET' as 'POST' }],
    ['response', { url: '/x', response: 5 as unknown as () => null }],
    ['tryTimeout', { url: '/x', tryTimeout: 0 }],
    ['retries', { url: '/x', retries: -1 }],
    ['hedging', { url: '/x', hedging: 'yes' as unknown as boolean }],
    ['breaker', { url: '/x', breaker: { failures: 0 } }],
  ])('refuses options that are not valid by name: %s', (option, options) => {
    expect(() => httpJson(options)).toThrowError(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    expect(() => httpJson(options)).toThrowError(option);
  });
});

describe('TensorFlow Serving, by the recipe in docs/remote.md', () => {
  /** As TensorFlow Serving answers, NaN included; it refuses other shapes than [N, 2]. */
  const servingHalves: Handler = (request, response, body) => {
    const { instances } = JSON.parse(body.toString()) as { instances: number[][] };
    if (request.url !== '/v1/models/halves/versions/3:predict' || instances[0]?.length !== 2) {
      response.writeHead(400).end('{ "error": "Input size does not match signature" }');
      return;
    }
    const rows = instances.map(
      (row) => `[${row.map((value) => (value < 0 ? 'NaN' : value / 2)).join(', ')}]`,
    );
    response.setHeader('content-type', 'application/json');
    response.end(`{\n    "predictions": [${rows.join(',\n        ')}]\n}`);
  };

  const serving = (baseUrl: string) =>
    httpJson({
      url: (_input, { model: { name, version } }) =>
        `${baseUrl}/v1/models/${name}/versions/${version}:predict`,
      request: (pixels: readonly number[]) => ({ instances: [pixels] }),
      response: ({ predictions: [scores = []] }: { predictions: number[][] }): Tensors => ({
        scores: { type: 'float32', dims: [scores.length], data: Float32Array.from(scores) },
      }),
    });
  const halves = { name: 'halves', version: '3' } as const;

  it('works, and bare NaN is read', async () => {
    const server = await testServer(servingHalves);
    const { outputs } = await serving(server.url).run([[3, -1]], { model: halves });
    expect(outputs).toEqual([
      { scores: { type: 'float32', dims: [2], data: Float32Array.of(1.5, Number.NaN) } },
    ]);
    const { message } = await rejection(serving(server.url).run([[1]], { model: halves }), 'REMOTE_STATUS');
    expect(message).toContain('Input size does not match signature');
  });
});

describe('lenient JSON', () => {
  it.each([
    ['[NaN, -Infinity,Infinity]', [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]],
    ['{"NaN":"NaN, \\"Infinity\\"","a":NaN}', { NaN: 'NaN, "Infinity"', a: Number.NaN }],
    ['["#number:NaN", NaN]', ['#number:NaN', Number.NaN]],
    ['{"a":[1,2]}', { a: [1, 2] }],
  ])('%s', (text, expected) => {
    expect(parseLenientJson(bytesOf(text), 'here')).toEqual(expected);
  });

  it.each(['', '[nan]', '[NaNs]', '["NaN]', '{NaN:1}', '<p>'])('but not %s', (text) => {
    thrown(() => parseLenientJson(bytesOf(text), 'here'));
  });
});

const conformanceServer = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => counting(request, response, Buffer.concat(parts)));
});

beforeAll(() => new Promise<void>((resolve) => conformanceServer.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  conformanceServer.closeAllConnections();
  conformanceServer.close();
});

engineConformance({
  name: 'httpJson',
  create: () => httpJson({ url: `http://127.0.0.1:${(conformanceServer.address() as AddressInfo).port}` }),
  model,
  inputs: [{ text: 'a' }, { text: 'bcd' }],
  badInput: { words: 3 },
  test: { describe, it, expect },
});
