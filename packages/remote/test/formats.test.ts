import { gunzipSync, inflateSync } from 'node:zlib';
import type { Tensors } from '@predcache/core';
import { openInference } from '@predcache/remote';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { doublingServer, floats, model } from './support/doublingServer.js';
import { rejection } from './support/errors.js';
import { type Handler, testServer } from './support/testServer.js';

const large = floats(...Array.from({ length: 1_000 }, (_, index) => index));

interface Seen {
  readonly url: string | undefined;
  readonly isBinary: boolean;
  readonly wantsBinary: boolean;
}

/** The doubling server with metadata; tells how requests travelled. */
async function server(extensions: readonly string[], before?: Handler) {
  const seen: Seen[] = [];
  const { url, requests } = await testServer((request, response, body) => {
    if (request.url === '/v2') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: 's', version: '1', extensions }));
      return;
    }
    seen.push({
      url: request.url,
      isBinary: request.headers['inference-header-content-length'] !== undefined,
      wantsBinary: body.includes('"binary_data_output":true'),
    });
    before?.(request, response, body);
    if (!response.writableEnded) doublingServer(request, response, body);
  });
  return { url, requests, seen };
}

const binary = { isBinary: true, wantsBinary: true };
const json = { isBinary: false, wantsBinary: false };

afterEach(() => vi.unstubAllGlobals());

describe('auto', () => {
  it('sends small inputs as JSON and asks nothing', async () => {
    const { url, requests, seen } = await server(['binary_tensor_data']);
    await openInference({ baseUrl: url }).run([floats(1)], { model });
    expect(requests).toEqual(['POST /v2/models/m/infer']);
    expect(seen).toMatchObject([json]);
  });

  it('asks once whether the server takes binary, and sends large inputs so', async () => {
    const { url, requests, seen } = await server(['classification', 'binary_tensor_data']);
    const engine = openInference({ baseUrl: url });
    const runs = Array.from({ length: 5 }, () => engine.run([large], { model }));
    for (const { outputs } of await Promise.all(runs)) {
      expect((outputs[0] as Tensors).y?.data[999]).toBe(1_998);
    }
    await engine.run([large], { model });
    expect(requests.filter((request) => request === 'GET /v2')).toHaveLength(1);
    expect(seen).toMatchObject(Array.from({ length: 6 }, () => binary));
  });

  it.each([
    ['has no such extension', []],
    ['says nothing of extensions', undefined as unknown as string[]],
  ])('stays with JSON where the server %s', async (_what, extensions) => {
    const { url, requests, seen } = await server(extensions);
    const engine = openInference({ baseUrl: url });
    await engine.run([large], { model });
    await engine.run([large], { model });
    expect(requests.filter((request) => request === 'GET /v2')).toHaveLength(1);
    expect(seen).toMatchObject([json, json]);
  });

  it('stays with JSON where there is no metadata', async () => {
    const known = await testServer((request, response, body) => {
      if (request.url === '/v2') response.writeHead(404).end();
      else doublingServer(request, response, body);
    });
    const engine = openInference({ baseUrl: known.url });
    await engine.run([large], { model });
    await engine.run([large], { model });
    expect(known.requests).toEqual(['GET /v2', 'POST /v2/models/m/infer', 'POST /v2/models/m/infer']);
  });

  it('does not ask with every input where the metadata cannot be had', async () => {
    const { url, requests } = await testServer((request, response, body) => {
      if (request.url === '/v2') response.writeHead(500).end();
      else doublingServer(request, response, body);
    });
    const engine = openInference({ baseUrl: url });
    for (let call = 0; call < 3; call++) await engine.run([large], { model });
    expect(requests.filter((request) => request === 'GET /v2')).toHaveLength(1);
    // What JSON cannot carry is a reason to ask again.
    await rejection(engine.run([floats(Number.NaN)], { model }), 'INPUT_REJECTED');
    expect(requests.filter((request) => request === 'GET /v2')).toHaveLength(2);
  });

  it('carries NaN and half floats where the server can, however small', async () => {
    const { url, seen } = await server(['binary_tensor_data']);
    const { outputs } = await openInference({ baseUrl: url }).run([floats(Number.NaN)], { model });
    expect((outputs[0] as Tensors).y?.data).toEqual(Float32Array.of(Number.NaN));
    expect(seen).toMatchObject([binary]);
  });

  it('asks for binary answers once a JSON one was large, or could not be read', async () => {
    const sizes = [1, 400];
    for (const size of sizes) {
      let calls = 0;
      const { url, requests } = await server(['binary_tensor_data'], (_request, response, body) => {
        calls++;
        const data = Array.from({ length: size }, () => 0.123456789);
        // What Python writes for NaN, which is no JSON.
        const text = size === 1 ? '[NaN]' : JSON.stringify(data);
        if (!body.includes('binary_data_output')) {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(`{"outputs":[{"name":"y","shape":[${size}],"datatype":"FP32","data":${text}}]}`);
        }
      });
      const engine = openInference({ baseUrl: url });
      await engine.run([floats(1)], { model });
      await engine.run([floats(1)], { model });
      expect(requests).toContain('GET /v2');
      expect(calls).toBe(size === 1 ? 3 : 2);
    }
  });

  it('reads JSON where the page may not read the header that binary needs', async () => {
    const { url, seen } = await server(['binary_tensor_data']);
    // As browsers do across origins where the server does not expose it.
    const hiding: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const headers = new Headers(response.headers);
      headers.delete('inference-header-content-length');
      return new Response(await response.arrayBuffer(), { status: response.status, headers });
    };
    const engine = openInference({ baseUrl: url, fetch: hiding });
    const { outputs } = await engine.run([large], { model });
    expect((outputs[0] as Tensors).y?.data[999]).toBe(1_998);
    await engine.run([large], { model });
    const half = { isBinary: true, wantsBinary: false };
    expect(seen).toMatchObject([binary, half, half]);
  });

  it('sends JSON where the page may not send that header', async () => {
    vi.stubGlobal('location', { href: 'https://app.example/', origin: 'https://app.example' });
    const { url, seen } = await server(['binary_tensor_data']);
    let refused = 0;
    // As browsers do when a preflight is refused.
    const refusing: typeof fetch = async (input, init) => {
      if (!new Headers(init?.headers).has('inference-header-content-length')) return fetch(input, init);
      refused++;
      throw new TypeError('Failed to fetch');
    };
    const engine = openInference({ baseUrl: url, fetch: refusing });
    const { outputs } = await engine.run([large], { model });
    expect((outputs[0] as Tensors).y?.data[999]).toBe(1_998);
    await engine.run([large], { model });
    expect(refused).toBe(1);
    expect(seen.map(({ isBinary }) => isBinary)).toEqual([false, false]);
  });

  it('learns nothing from a server that is down for everything', async () => {
    vi.stubGlobal('location', { href: 'https://app.example/', origin: 'https://app.example' });
    const { url, seen } = await server(['binary_tensor_data']);
    let isDown = false;
    const sometimes: typeof fetch = async (input, init) => {
      if (isDown && init?.method === 'POST') throw new TypeError('Failed to fetch');
      return fetch(input, init);
    };
    const engine = openInference({ baseUrl: url, fetch: sometimes, retries: 0 });
    isDown = true;
    await rejection(engine.run([large], { model }), 'REMOTE_UNREACHABLE');
    isDown = false;
    await engine.run([large], { model });
    expect(seen).toMatchObject([binary]);
  });

  it('sends what the input was when run was called', async () => {
    const { url } = await server(['binary_tensor_data']);
    const input = floats(...(large.x!.data as Float32Array));
    const running = openInference({ baseUrl: url }).run([input], { model });
    (input.x!.data as Float32Array)[999] = 50;
    expect(((await running).outputs[0] as Tensors).y?.data[999]).toBe(1_998);
  });
});

describe('compression', () => {
  const unpack = { gzip: gunzipSync, deflate: inflateSync } as const;

  /** A server that takes compressed bodies, and says so if asked to. */
  async function unpacking(headers: Record<string, string> = {}) {
    const encodings: (string | undefined)[] = [];
    const { url } = await testServer((request, response, body) => {
      const encoding = request.headers['content-encoding'] as keyof typeof unpack | undefined;
      encodings.push(encoding);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      doublingServer(request, response, encoding === undefined ? body : unpack[encoding](body));
    });
    return { url, encodings };
  }

  it.each(['gzip', 'deflate'] as const)('sends %s, in both formats, from a size on', async (compression) => {
    for (const format of ['json', 'binary'] as const) {
      const { url, encodings } = await unpacking();
      const engine = openInference({ baseUrl: url, format, compression });
      const { outputs } = await engine.run([large], { model });
      expect((outputs[0] as Tensors).y?.data[999]).toBe(1_998);
      await engine.run([floats(1)], { model });
      expect(encodings).toEqual([compression, undefined]);
    }
  });

  it('is off unless asked for, and auto waits until the server has said that it takes it', async () => {
    const headers = { 'accept-encoding': 'br, gzip;q=0.5' };
    for (const [compression, expected] of [
      ['none', [undefined, undefined]],
      ['auto', [undefined, 'gzip']],
    ] as const) {
      const { url, encodings } = await unpacking(headers);
      const engine = openInference({ baseUrl: url, format: 'json', compression });
      for (let call = 0; call < 2; call++) await engine.run([large], { model });
      expect(encodings).toEqual(expected);
    }
    const { url, encodings } = await unpacking({ 'accept-encoding': 'identity, gzip;q=0' });
    const engine = openInference({ baseUrl: url, format: 'json', compression: 'auto' });
    for (let call = 0; call < 2; call++) await engine.run([large], { model });
    expect(encodings).toEqual([undefined, undefined]);
  });

  it.each([[415], [400]])('ends with the server that answers %i', async (status) => {
    const encodings: unknown[] = [];
    const { url } = await testServer((request, response, body) => {
      const encoding = request.headers['content-encoding'];
      encodings.push(encoding);
      if (encoding === undefined) doublingServer(request, response, body);
      else response.writeHead(status).end();
    });
    const engine = openInference({ baseUrl: url, format: 'json', compression: 'gzip' });
    for (let call = 0; call < 2; call++) await engine.run([large], { model });
    expect(encodings).toEqual(['gzip', undefined, undefined]);
  });

  it('goes on after a bad input', async () => {
    const { url, encodings } = await unpacking();
    const engine = openInference({ baseUrl: url, format: 'json', compression: 'gzip' });
    const bad = { x: { type: 'int8', dims: [2_000], data: new Int8Array(2_000) } } as const;
    await rejection(engine.run([bad], { model }), 'REMOTE_STATUS');
    await engine.run([large], { model });
    await rejection(engine.run([bad], { model }), 'REMOTE_STATUS');
    expect(encodings).toEqual(['gzip', undefined, 'gzip', 'gzip']);
  });
});
