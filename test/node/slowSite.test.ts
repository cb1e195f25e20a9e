import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LinkClock } from '../bench/support/linkClock.js';
import type { Site } from '../bench/support/site.js';
import { serveSlowly } from '../bench/support/slowSite.js';

const wasm = Buffer.alloc(100_000, 'wasm ');
const model = Buffer.from(Uint8Array.from({ length: 50_000 }, (_, index) => (index * index) % 251));
let upstream: Server;
let asked: string[] = [];
let slow: Site;

beforeEach(async () => {
  asked = [];
  upstream = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const body = { '/a.wasm': wasm, '/m.onnx?v=1': model, '/page.html': Buffer.from('page') }[incoming.url!];
    if (body === undefined) return outgoing.writeHead(404).end('none');
    const headers = { 'content-type': 'some/thing', 'cache-control': 'public', etag: '"1"' };
    if (incoming.headers['if-none-match'] === '"1"') return outgoing.writeHead(304, headers).end();
    return outgoing.writeHead(200, headers).end(body);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  // Fast enough to test with, and still in many chunks.
  slow = await serveSlowly(`http://127.0.0.1:${port}`, { bitsPerSecond: 1e9, latency: 1 });
});

afterEach(async () => {
  await slow.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

/** Not `fetch`, which decompresses by itself. */
function get(path: string, headers: IncomingHttpHeaders = {}) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    request(new URL(path, slow.url), { headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
    })
      .on('error', reject)
      .end();
  });
}

it('sends wasm as it is to those who take no compression, and leaves nothing to cache', async () => {
  const { status, headers, body } = await get('/a.wasm', { 'if-none-match': '"1"' });
  expect(status).toBe(200);
  expect(body.equals(wasm)).toBe(true);
  expect(headers).toMatchObject({
    'content-type': 'some/thing',
    'cache-control': 'no-store',
    'content-length': String(wasm.length),
  });
  expect(headers).not.toHaveProperty('etag');
  expect(headers).not.toHaveProperty('content-encoding');
});

it('sends wasm compressed to those who take Brotli', async () => {
  const { headers, body } = await get('/a.wasm', { 'accept-encoding': 'gzip, deflate, br, zstd' });
  expect(headers).toMatchObject({ 'content-encoding': 'br', 'content-length': String(body.length) });
  expect(body.length).toBeLessThan(wasm.length / 2);
  expect(brotliDecompressSync(body).equals(wasm)).toBe(true);
});

it('sends a model as it is, and asks for it once however often it is sent', async () => {
  const answers = await Promise.all(
    [1, 2, 3].map(() => get('/m.onnx?v=1', { 'accept-encoding': 'br', 'if-none-match': '"1"' })),
  );
  for (const { status, headers, body } of answers) {
    expect(status).toBe(200);
    expect(body.equals(model)).toBe(true);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers).not.toHaveProperty('content-encoding');
  }
  expect(asked).toEqual(['GET /m.onnx?v=1']);
});

it('passes all else unchanged, revalidation included', async () => {
  const first = await get('/page.html');
  expect(first).toMatchObject({ status: 200, headers: { 'cache-control': 'public', etag: '"1"' } });
  expect(first.body.toString()).toBe('page');
  expect(await get('/page.html', { 'if-none-match': '"1"' })).toMatchObject({ status: 304 });
  expect(await get('/nothing.html')).toMatchObject({ status: 404 });
});

it('answers 502 where the site gives nothing, and asks again the next time', async () => {
  expect(await get('/none.onnx')).toMatchObject({ status: 502 });
  expect(await get('/none.onnx')).toMatchObject({ status: 502 });
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  expect(await get('/page.html')).toMatchObject({ status: 502 });
  expect(asked).toEqual(['GET /none.onnx', 'GET /none.onnx']);
});

it('gives a link its rate, however it is shared and whatever was sent before', () => {
  const clock = new LinkClock({ bitsPerSecond: 20e6, latency: 40 });
  // 2,500 bytes a ms: two downloads of 1 MB that begin together are through together, after 800 ms.
  let [one, other] = [0, 0];
  for (let sent = 0; sent < 1e6; sent += 10_000) {
    one = clock.send(10_000, 100);
    other = clock.send(10_000, 100);
  }
  expect(one).toBeCloseTo(100 + 796, 6);
  expect(other).toBeCloseTo(100 + 800, 6);
  // An idle link saves nothing up.
  expect(clock.send(2_500, 5_000)).toBeCloseTo(5_001, 6);
});
