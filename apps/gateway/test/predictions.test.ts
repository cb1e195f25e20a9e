import { bytesToHex, decodeEntry, keyOf } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { errorOf, infer, send } from './support/requests.js';
import { testGateway } from './support/testGateway.js';

const x = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } as const;
const message = { inputs: [{ name: 'x', shape: [2], datatype: 'FP32', data: [1, 2] }] };

async function keyAt(gateway: { readonly url: string }): Promise<string> {
  const { models } = (await send(`${gateway.url}/v2/models`)).json as {
    models: { name: string; version: string; digest: string }[];
  };
  const { name, version, digest } = models.find((model) => model.name === 'identity')!;
  // As a browser makes it: from the model's digest and the input alone.
  return keyOf({ name, version, integrity: digest }, { x });
}

describe('a known prediction by its key', () => {
  const gateway = testGateway();

  it('is not known before it was computed, and is an entry for good afterwards', async () => {
    const key = await keyAt(gateway);
    const url = `${gateway.url}/v2/predictions/${key}`;
    const before = await send(url);
    errorOf(before, 404);
    expect(before.headers.get('cache-control')).toBe('public, max-age=2');
    await infer(gateway, 'identity', message);
    const { status, headers, body } = await send(url, { headers: { origin: 'https://app.example' } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/vnd.predcache.entry');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    const reading = decodeEntry(body);
    expect(reading).toMatchObject({
      kind: 'entry',
      entry: { key, outputs: { y: { type: 'float32', dims: [2] } } },
    });
    const etag = headers.get('etag')!;
    expect((await send(url)).headers.get('etag')).toBe(etag);
    const known = await send(url, { headers: { 'if-none-match': etag }, cache: 'no-store' });
    expect([known.status, known.body.length]).toEqual([304, 0]);
    const head = await send(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(body.length)]);
  });

  it.each(['x', 'A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65), '%2F%2F'])('%s is no key', async (key) => {
    errorOf(await send(`${gateway.url}/v2/predictions/${key}`), 400);
  });

  it('of whatever else is not known', async () => {
    const key = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
    errorOf(await send(`${gateway.url}/v2/predictions/${key}`), 404);
  });
});

describe('with a ttl', () => {
  const gateway = testGateway({ ttl: 60_000 });

  it('may be kept for what is left of it', async () => {
    await infer(gateway, 'identity', message);
    const { headers } = await send(`${gateway.url}/v2/predictions/${await keyAt(gateway)}`);
    expect(headers.get('cache-control')).toMatch(/^public, max-age=(59|60|5\d), immutable$/);
  });
});

describe('with API keys', () => {
  const closed = testGateway({ apiKeys: ['k'] });
  const open = testGateway({ apiKeys: ['k'], sharedPredictions: true });
  const headers = { 'x-api-key': 'k' };

  it('nobody can ask what others have asked, unless that is allowed', async () => {
    const path = `/v2/predictions/${'0'.repeat(64)}`;
    expect(errorOf(await send(closed.url + path, { headers }), 404)).toContain('There is nothing at');
    expect(errorOf(await send(open.url + path, { headers }), 404)).toContain('No prediction is known');
    errorOf(await send(open.url + path), 401);
    const extensions = async (url: string) => (await send(`${url}/v2`, { headers })).json?.extensions;
    expect(await extensions(closed.url)).not.toContain('predcache_predictions');
    expect(await extensions(open.url)).toContain('predcache_predictions');
  });
});
