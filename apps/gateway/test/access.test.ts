import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RateLimits } from '../src/access/rateLimits.js';
import { readApiKeys } from '../src/cli/readApiKeys.js';
import { errorOf, infer, send } from './support/requests.js';
import { testGateway } from './support/testGateway.js';
import { temporaryFolder } from './support/testModels.js';

const message = { inputs: [{ name: 'x', shape: [1], datatype: 'FP32', data: [1] }] };

describe('with API keys', () => {
  const gateway = testGateway({ apiKeys: ['first', 'second'] });

  it.each([
    ['authorization', 'Bearer first'],
    ['authorization', 'bearer  second'],
    ['x-api-key', 'second'],
  ])('who sends one may ask: %s: %s', async (header, value) => {
    const headers = { [header]: value, 'content-type': 'application/json' };
    expect((await infer(gateway, 'identity', message, headers)).status).toBe(200);
  });

  it.each([
    ['nothing', {}],
    ['a wrong one', { 'x-api-key': 'third' }],
    ['the beginning of one', { 'x-api-key': 'firs' }],
    ['an empty one', { 'x-api-key': '' }],
    ['another scheme', { authorization: 'Basic first' }],
    ['a key in another case', { authorization: 'Bearer FIRST' }],
  ])('who sends %s may not', async (_what, headers) => {
    for (const url of [
      '/v2',
      '/v2/models',
      '/metrics',
      '/v2/events',
      '/models/manifest.json',
      '/models/add.onnx',
      '/x',
    ])
      errorOf(await send(gateway.url + url, { headers: headers as Record<string, string> }), 401);
    const reply = await infer(gateway, 'identity', message, headers as Record<string, string>);
    errorOf(reply, 401);
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('anybody may ask whether the gateway is there, and what a page may send', async () => {
    expect((await send(`${gateway.url}/v2/health/live`)).status).toBe(200);
    expect((await send(`${gateway.url}/v2/health/ready`)).status).toBe(200);
    const headers = { 'access-control-request-headers': 'authorization', origin: 'https://app.example' };
    const preflight = await send(`${gateway.url}/v2/models/identity/infer`, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
  });

  it('a page learns why it may not', async () => {
    const reply = await send(`${gateway.url}/v2`, { headers: { origin: 'https://app.example' } });
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('a rate limit', () => {
  const gateway = testGateway({ apiKeys: ['a', 'b'], rateLimit: { perSecond: 0.01, burst: 3 } });

  it('holds for each key by itself', async () => {
    const ask = (key: string) => send(`${gateway.url}/v2`, { headers: { 'x-api-key': key } });
    for (let round = 0; round < 3; round++) expect((await ask('a')).status).toBe(200);
    const refused = await ask('a');
    errorOf(refused, 429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(90);
    expect((await ask('b')).status).toBe(200);
  });
});

describe('RateLimits', () => {
  it('gives back as time goes by, never more than the burst', () => {
    let now = 0;
    const limits = new RateLimits({ perSecond: 2, burst: 2 }, () => now);
    const take = () => limits.take('a');
    expect([take(), take(), take()]).toEqual([undefined, undefined, 0.5]);
    now += 250;
    expect(take()).toBe(0.25);
    now += 250;
    expect([take(), take()]).toEqual([undefined, 0.5]);
    now += 1e6;
    expect([take(), take(), take()]).toEqual([undefined, undefined, 0.5]);
  });
});

describe('readApiKeys', () => {
  it('reads a file and the environment', async () => {
    const { folder, remove } = temporaryFolder({
      keys: '# of the team\n  one \n\ntwo\n',
      none: '# no key\n',
    });
    onTestFinished(remove);
    const file = path.join(folder, 'keys');
    expect(await readApiKeys(undefined, {})).toBeUndefined();
    expect(await readApiKeys(file, {})).toEqual(['one', 'two']);
    expect(await readApiKeys(file, { PREDCACHE_API_KEYS: 'three, four' })).toEqual([
      'one',
      'two',
      'three',
      'four',
    ]);
    for (const [given, environment] of [
      [path.join(folder, 'none'), {}],
      [path.join(folder, 'missing'), {}],
      [undefined, { PREDCACHE_API_KEYS: ' ,' }],
    ] as const)
      await expect(readApiKeys(given, environment)).rejects.toMatchObject({ name: 'UsageError' });
  });
});
