import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { buildGateway } from '@predcache/gateway';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identityModel } from '../../../packages/onnx/test/support/testModels.js';
import { temporaryFolder } from './support/testModels.js';

const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

async function gatewayWithSite() {
  const { folder, remove } = temporaryFolder({
    'm.onnx': identityModel(),
    'index.html': '<!doctype html><title>Demo</title>',
    'sw.js': 'self.skipWaiting()',
    '.env': 'SECRET=1',
  });
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'assets', 'ort-1a2b3c.wasm'), wasm);
  writeFileSync(path.join(folder, 'assets', 'ort-1a2b3c.wasm.br'), brotliCompressSync(wasm));
  writeFileSync(path.join(folder, 'assets', 'index-4d5e6f.js'), 'export {};');
  const app = await buildGateway({ models: folder, site: folder, corsOrigin: ['https://a.example'] });
  onTestFinished(async () => {
    await app.close();
    remove();
  });
  return app;
}

describe('a built page beside the API', () => {
  it('is served with the types and freshness that browsers need', async () => {
    const app = await gatewayWithSite();
    const seen: Record<string, unknown[]> = {};
    for (const url of ['/', '/index.html', '/sw.js', '/assets/ort-1a2b3c.wasm', '/assets/index-4d5e6f.js']) {
      const { statusCode, headers } = await app.inject(url);
      seen[url] = [
        statusCode,
        headers['content-type'],
        headers['cache-control'],
        headers['x-content-type-options'],
      ];
    }
    const immutable = 'public, max-age=31536000, immutable';
    expect(seen).toEqual({
      '/': [200, 'text/html; charset=utf-8', 'no-cache', 'nosniff'],
      '/index.html': [200, 'text/html; charset=utf-8', 'no-cache', 'nosniff'],
      '/sw.js': [200, 'application/javascript; charset=utf-8', 'no-cache', 'nosniff'],
      '/assets/ort-1a2b3c.wasm': [200, 'application/wasm', immutable, 'nosniff'],
      '/assets/index-4d5e6f.js': [200, 'application/javascript; charset=utf-8', immutable, 'nosniff'],
    });
  });

  it('sends what lies there compressed to those who take it, as what it is, with an ETag of its own', async () => {
    const app = await gatewayWithSite();
    const url = '/assets/ort-1a2b3c.wasm';
    const plain = await app.inject(url);
    const headers = { 'accept-encoding': 'gzip, deflate, br', origin: 'https://a.example' };
    const brotli = await app.inject({ url, headers });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.rawPayload).toEqual(Buffer.from(wasm));
    expect(brotli.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'application/wasm',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(brotli.headers.vary).toMatch(/^origin, accept-encoding$/i);
    expect(plain.headers.vary).toMatch(/accept-encoding/);
    expect(brotliDecompressSync(brotli.rawPayload)).toEqual(Buffer.from(wasm));
    expect(brotli.headers.etag).toMatch(/"/);
    expect(brotli.headers.etag).not.toBe(plain.headers.etag);
    const again = { ...headers, 'if-none-match': String(brotli.headers.etag) };
    expect((await app.inject({ url, headers: again })).statusCode).toBe(304);
    // What does not lie there compressed comes as it is.
    const script = await app.inject({ url: '/assets/index-4d5e6f.js', headers });
    expect([script.statusCode, script.headers['content-encoding'], script.body]).toEqual([
      200,
      undefined,
      'export {};',
    ]);
    expect((await app.inject({ url: '/', headers })).body).toContain('<title>Demo</title>');
  });

  it('leaves the API where it is, and nothing outside of the folder can be had', async () => {
    const app = await gatewayWithSite();
    expect((await app.inject('/v2/health/live')).json()).toEqual({ live: true });
    expect((await app.inject('/models/m.onnx')).headers['content-type']).toBe('application/octet-stream');
    for (const url of ['/missing.js', '/../package.json', '/..%2f..%2fpackage.json', '/assets/', '/.env']) {
      const { statusCode, body } = await app.inject(url);
      expect([url, statusCode]).toEqual([url, url.startsWith('/..') ? statusCode : 404]);
      expect(statusCode).toBeGreaterThanOrEqual(400);
      expect(Object.keys(JSON.parse(body) as object)).toEqual(['error']);
    }
  });

  it('lets in the origins it is told, and no other', async () => {
    const app = await gatewayWithSite();
    const allowed = async (origin: string) =>
      (await app.inject({ url: '/v2', headers: { origin } })).headers['access-control-allow-origin'];
    expect(await allowed('https://a.example')).toBe('https://a.example');
    expect(await allowed('https://b.example')).toBeUndefined();
  });
});

describe('logs', () => {
  it('tell of requests and faults, never of inputs', async () => {
    const { folder, remove } = temporaryFolder({ 'm.onnx': identityModel() });
    onTestFinished(remove);
    const lines: string[] = [];
    const logger = { level: 'trace', stream: { write: (line: string) => void lines.push(line) } };
    const app = await buildGateway({ models: folder, logger, exposeKeys: true });
    const secret = { name: 'x', shape: [1], datatype: 'FP32', data: [31337.5] };
    for (const inputs of [
      [secret],
      [{ ...secret, shape: [2] }],
      [{ ...secret, datatype: 'BYTES', data: ['31337.5'] }],
    ]) {
      await app.inject({ method: 'POST', url: '/v2/models/m/infer', payload: { inputs } });
    }
    const { headers } = await app.inject({
      method: 'POST',
      url: '/v2/models/m/infer?31337',
      payload: { inputs: [secret] },
      headers: { 'x-api-key': '31337' },
    });
    const [, key] = /key="([0-9a-f]{64})"/.exec(String(headers['cache-status']))!;
    await app.inject(`/v2/predictions/${key}`);
    await app.inject(`/nothing/${key}`);
    await app.close();
    const requests = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'request')
      .map(({ method, path, status, ms, model, cache }) => [method, path, status, typeof ms, model, cache]);
    const line = (status: number, cache?: string) => [
      'POST',
      '/v2/models/m/infer',
      status,
      'number',
      'm',
      cache,
    ];
    expect(requests).toEqual([
      line(200, 'predcache; fwd=miss; stored'),
      line(400),
      line(400),
      line(200, 'predcache; hit'),
      ['GET', '/v2/predictions/…', 200, 'number', undefined, undefined],
      ['GET', '/nothing/…', 404, 'number', undefined, undefined],
    ]);
    expect(lines.join('')).not.toContain('31337');
    expect(lines.join('')).not.toContain(key);
  });
});
