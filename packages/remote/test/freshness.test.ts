import type { ResultFreshness } from '@predcache/core';
import { openInference } from '@predcache/remote';
import { describe, expect, it } from 'vitest';
import { resultFreshness } from '../src/freshness/resultFreshness.js';
import { doublingServer, floats, model } from './support/doublingServer.js';
import { rejection } from './support/errors.js';
import { testServer } from './support/testServer.js';

const now = Date.parse('Wed, 25 Nov 2026 10:00:00 GMT');
const date = 'Wed, 25 Nov 2026 10:00:00 GMT';

const cases: readonly (readonly [Record<string, string>, ResultFreshness | undefined])[] = [
  [{}, undefined],
  [{ 'cache-control': 'public' }, undefined],
  [{ 'cache-control': 'max-age=60' }, { ttl: 60_000 }],
  [{ 'cache-control': 'Max-Age = 60, PUBLIC' }, { ttl: 60_000 }],
  [{ 'cache-control': 'max-age="60"' }, { ttl: 60_000 }],
  [{ 'cache-control': 'max-age=60, max-age=90' }, { ttl: 60_000 }],
  [
    { 'cache-control': 'max-age=60', age: '15' },
    { ttl: 45_000, age: 15_000 },
  ],
  [
    { 'cache-control': 'max-age=60', age: '90' },
    { ttl: 0, age: 90_000 },
  ],
  [{ 'cache-control': 'max-age=60', age: 'old' }, { ttl: 60_000 }],
  [{ 'cache-control': 'max-age=1.5' }, { ttl: 0 }],
  [{ 'cache-control': 'max-age' }, { ttl: 0 }],
  [{ 'cache-control': 'max-age=99999999999999' }, { ttl: 2 ** 31 * 1_000 }],
  // For caches that many share, which this one is not.
  [{ 'cache-control': 's-maxage=600' }, undefined],
  [{ 'cache-control': 'private, s-maxage=600, max-age=5' }, { ttl: 5_000 }],
  [{ 'cache-control': 'no-store, max-age=60', etag: '"a"' }, { noStore: true }],
  [
    { 'cache-control': 'no-cache, max-age=60', etag: '"a"' },
    { ttl: 0, etag: '"a"' },
  ],
  [{ 'cache-control': 'x="no-store, max-age=9"' }, undefined],
  [
    { 'cache-control': 'max-age=60, stale-while-revalidate=30, stale-if-error=3600' },
    { ttl: 60_000, staleWhileRevalidate: 30_000, staleIfError: 3_600_000 },
  ],
  [
    { 'cache-control': 'max-age=60, must-revalidate, stale-if-error=3600' },
    { ttl: 60_000, staleWhileRevalidate: 0, staleIfError: 0 },
  ],
  [{ 'cache-control': 'max-age=31536000, immutable' }, { ttl: 31_536_000_000 }],
  [{ 'cache-control': 'immutable' }, undefined],
  [{ expires: 'Wed, 25 Nov 2026 10:01:00 GMT', date }, { ttl: 60_000 }],
  // The server's clock counts, not ours.
  [
    { expires: 'Wed, 25 Nov 2026 08:01:00 GMT', date: 'Wed, 25 Nov 2026 08:00:00 GMT', age: '20' },
    { ttl: 40_000, age: 20_000 },
  ],
  [{ expires: 'Wed, 25 Nov 2026 10:01:00 GMT' }, { ttl: 60_000 }],
  [{ expires: '0' }, { ttl: 0 }],
  [{ expires: 'never', date }, { ttl: 0 }],
  [{ expires: 'Wed, 25 Nov 2026 10:01:00 GMT', date, 'cache-control': 'max-age=5' }, { ttl: 5_000 }],
  [{ etag: 'W/"x,y"' }, { etag: 'W/"x,y"' }],
  [{ 'cache-status': 'gateway; hit; ttl=30' }, { ttl: 30_000 }],
  [{ 'cache-status': 'gateway; hit; ttl=-30' }, { ttl: 0 }],
  [{ 'cache-status': 'gateway; fwd=miss; stored; ttl=30' }, undefined],
  // The nearest cache is the last one.
  [{ 'cache-status': 'origin; hit; ttl=900, edge; hit; ttl=30; detail="a, b; hit"' }, { ttl: 30_000 }],
  [{ 'cache-status': 'gateway; hit; ttl=30', 'cache-control': 'max-age=60' }, { ttl: 30_000 }],
  [
    { 'cache-status': 'gateway; hit; ttl=30', 'cache-control': 'max-age=60', age: '50' },
    { ttl: 10_000, age: 50_000 },
  ],
];

describe('what headers say of freshness', () => {
  it.each(cases)('%j: %j', (headers, expected) => {
    expect(resultFreshness(new Headers(headers), now)).toEqual(expected);
  });
});

describe('the engine', () => {
  it('hands on what each answer says', async () => {
    const server = await testServer((request, response, body) => {
      response.setHeader('cache-control', 'max-age=60, stale-if-error=10');
      response.setHeader('etag', '"one"');
      doublingServer(request, response, body);
    });
    const { freshness, notModified } = await openInference({ baseUrl: server.url }).run(
      [floats(1), floats(2)],
      {
        model,
      },
    );
    const said = { ttl: 60_000, staleIfError: 10_000, etag: '"one"' };
    expect(freshness).toEqual([said, said]);
    expect(notModified).toBeUndefined();
  });

  it('says nothing where the server says nothing', async () => {
    const server = await testServer(doublingServer);
    expect(await openInference({ baseUrl: server.url }).run([floats(1)], { model })).not.toHaveProperty(
      'freshness',
    );
  });

  it('asks whether what is stored is still right, item by item', async () => {
    const asked: unknown[] = [];
    const server = await testServer((request, response, body) => {
      const etag = request.headers['if-none-match'];
      asked.push(etag);
      response.setHeader('cache-control', 'max-age=5');
      if (etag === '"same"') response.writeHead(304, { etag }).end();
      else doublingServer(request, response, body);
    });
    const engine = openInference({ baseUrl: server.url, concurrency: 1 });
    const result = await engine.run([floats(1), floats(2), floats(3)], {
      model,
      etags: ['"same"', undefined, '"other"'],
    });
    expect(asked).toEqual(['"same"', undefined, '"other"']);
    expect(result.notModified).toEqual([true, false, false]);
    expect(result.outputs).toEqual([
      undefined,
      { y: { type: 'float32', dims: [1], data: Float32Array.of(4) } },
      { y: { type: 'float32', dims: [1], data: Float32Array.of(6) } },
    ]);
    expect(result.freshness?.[0]).toEqual({ ttl: 5_000, etag: '"same"' });
  });

  it('takes a 304 that it did not ask for as the error it is', async () => {
    const server = await testServer((_request, response) => response.writeHead(304).end());
    await rejection(openInference({ baseUrl: server.url }).run([floats(1)], { model }), 'REMOTE_STATUS');
  });
});
