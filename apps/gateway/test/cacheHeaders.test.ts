import { fromFunction, type Tensors } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { RecordingEngine } from './support/recordingEngine.js';
import { infer, inferBinary, type Reply } from './support/requests.js';
import { testGateway } from './support/testGateway.js';

const input = (...data: readonly number[]) => ({
  inputs: [{ name: 'x', shape: [data.length], datatype: 'FP32', data }],
});
const json = { 'content-type': 'application/json' };
const statusOf = ({ headers }: Reply) => headers.get('cache-status');

describe('Cache-Status says what the cache did', () => {
  const engine = new RecordingEngine();
  const gateway = testGateway({ engine });

  it('a miss that is stored, then hits with their age', async () => {
    const miss = await infer(gateway, 'identity', input(1));
    expect(statusOf(miss)).toBe('predcache; fwd=miss; stored');
    expect(miss.headers.get('age')).toBeNull();
    for (let round = 0; round < 3; round++) {
      const hit = await infer(gateway, 'identity', input(1));
      expect(statusOf(hit)).toBe('predcache; hit');
      expect(hit.headers.get('age')).toMatch(/^\d$/);
      expect(hit.headers.get('etag')).toBe(miss.headers.get('etag'));
      expect(hit.body).toEqual(miss.body);
    }
    expect(engine.inputs).toBe(1);
  });

  it('says nothing of freshness or keys unless told to', async () => {
    const { headers } = await infer(gateway, 'identity', input(1));
    expect(headers.get('cache-control')).toBeNull();
    expect(headers.get('cache-status')).not.toContain('key');
  });

  it('a thousand identical requests at once run one inference; all but one are collapsed or hits', async () => {
    const before = engine.inputs;
    const replies = await Promise.all(
      Array.from({ length: 1000 }, () => infer(gateway, 'identity', input(1000))),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(engine.inputs - before).toBe(1);
    const statuses = replies.map(statusOf);
    expect(statuses.filter((status) => status === 'predcache; fwd=miss; stored')).toHaveLength(1);
    expect(new Set(statuses)).toEqual(
      new Set(
        ['predcache; fwd=miss; stored', 'predcache; fwd=miss; collapsed', 'predcache; hit'].filter((status) =>
          statuses.includes(status),
        ),
      ),
    );
  }, 30_000);

  it('a hit is the same answer in whatever form it was first asked for', async () => {
    await infer(gateway, 'identity', input(2));
    const head = {
      inputs: [{ name: 'x', shape: [1], datatype: 'FP32', parameters: { binary_data_size: 4 } }],
      parameters: { binary_data_output: true },
    };
    const replies: Reply[] = [];
    for (let round = 0; round < 3; round++)
      replies.push(await inferBinary(gateway, 'identity', head, new Uint8Array(Float32Array.of(2).buffer)));
    for (const reply of replies) {
      expect(statusOf(reply)).toBe('predcache; hit');
      expect([...reply.headers]).toEqual(
        expect.arrayContaining([
          ['content-type', 'application/octet-stream'],
          ['inference-header-content-length', replies[0]!.headers.get('inference-header-content-length')],
        ]),
      );
      expect(reply.body).toEqual(replies[0]!.body);
    }
  });

  it('an answer repeats the id of its own request', async () => {
    for (const id of ['a', 'b', 'a', 'b', 'a'])
      expect((await infer(gateway, 'identity', { id, ...input(3) })).json?.id).toBe(id);
  });
});

describe('If-None-Match', () => {
  const gateway = testGateway();

  it('that names the answer is answered with 304 and nothing else', async () => {
    const first = await infer(gateway, 'identity', input(1, 2));
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (let round = 0; round < 3; round++) {
      const again = await infer(gateway, 'identity', input(1, 2), {
        ...json,
        'if-none-match': `"x", W/${etag}`,
      });
      expect([again.status, again.body.length]).toEqual([304, 0]);
      expect(again.headers.get('etag')).toBe(etag);
      expect(statusOf(again)).toBe('predcache; hit');
    }
    const other = await infer(gateway, 'identity', input(1, 2), { ...json, 'if-none-match': '"x"' });
    expect([other.status, other.body]).toEqual([200, first.body]);
    const different = await infer(gateway, 'identity', input(1, 3), { ...json, 'if-none-match': etag });
    expect(different.status).toBe(200);
  });
});

describe('with a ttl', () => {
  const gateway = testGateway({ ttl: 3_600_000, exposeKeys: true });

  it('answers say how long they are fresh, and their key when told to', async () => {
    const miss = await infer(gateway, 'identity', input(1));
    expect(miss.headers.get('cache-control')).toBe('max-age=3600');
    expect(statusOf(miss)).toMatch(/^predcache; fwd=miss; stored; key="[0-9a-f]{64}"$/);
    for (let round = 0; round < 3; round++)
      expect(statusOf(await infer(gateway, 'identity', input(1)))).toMatch(
        /^predcache; hit; ttl=3(600|5\d\d); key="[0-9a-f]{64}"$/,
      );
  });
});

describe('an answer past its ttl', () => {
  let runs = 0;
  const engine = fromFunction(({ x }: Tensors) => {
    runs++;
    return { y: x! };
  });
  const gateway = testGateway({ engine, ttl: 1, cacheControl: 'private, max-age=5' });

  it('is computed again', async () => {
    await infer(gateway, 'identity', input(1));
    await expect
      .poll(async () => statusOf(await infer(gateway, 'identity', input(1))))
      .toBe('predcache; fwd=miss; stored');
    expect(runs).toBeGreaterThan(1);
    expect((await infer(gateway, 'identity', input(1))).headers.get('cache-control')).toBe(
      'private, max-age=5',
    );
  });
});

describe('what is not stored', () => {
  const engine = fromFunction(
    (_: Tensors): Tensors => ({
      y: { type: 'float32', dims: [1], data: Float32Array.of(Number.NaN) },
    }),
  );
  const gateway = testGateway({ engine });

  it('is not said to be', async () => {
    for (let round = 0; round < 2; round++) {
      const message = { ...input(1), parameters: { binary_data_output: true } };
      expect(statusOf(await infer(gateway, 'identity', message))).toBe('predcache; fwd=miss');
    }
  });
});

describe('keeping no answers', () => {
  const gateway = testGateway({ answerCacheSize: 0 });

  it('changes nothing but what it costs', async () => {
    const first = await infer(gateway, 'identity', input(1));
    const again = await infer(gateway, 'identity', input(1));
    expect([statusOf(again), again.body]).toEqual(['predcache; hit', first.body]);
  });
});
