import { describe, expect, it } from 'vitest';
import { Exposition } from '../src/metrics/exposition.js';
import { Histogram } from '../src/metrics/histogram.js';
import { infer, send } from './support/requests.js';
import { testGateway } from './support/testGateway.js';

const input = (...data: readonly number[]) => ({
  inputs: [{ name: 'x', shape: [data.length], datatype: 'FP32', data }],
});

/** Every line of the text format 0.0.4 that is none of its own. */
function malformed(text: string): readonly string[] {
  const sample =
    /^[a-z_]+(\{[a-z]+="([^"\\\n]|\\[\\"n])*"(,[a-z]+="([^"\\\n]|\\[\\"n])*")*\})? -?(\d+(\.\d+)?(e[+-]?\d+)?|\+Inf|NaN)$/;
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => !/^# (HELP|TYPE) [a-z_]+ /.test(line) && !sample.test(line));
}

describe('/metrics', () => {
  // Room for some predictions only.
  const gateway = testGateway({ cacheSize: 3_000 });

  async function metrics() {
    const { headers, body } = await send(`${gateway.url}/metrics`);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = Buffer.from(body).toString();
    expect(malformed(text)).toEqual([]);
    return (name: string) => {
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    };
  }

  it('count what happens', async () => {
    const labels = '{model="identity",version="1"}';
    await Promise.all(Array.from({ length: 20 }, () => infer(gateway, 'identity', input(1))));
    for (let round = 0; round < 3; round++) await infer(gateway, 'identity', input(1));
    await infer(gateway, 'identity', { inputs: [] });
    await infer(gateway, 'none', input(1));
    const value = await metrics();
    expect(value('predcache_requests_total{model="identity",status="200"}')).toBe(23);
    expect(value('predcache_requests_total{model="identity",status="400"}')).toBe(1);
    expect(value('predcache_requests_total{model="",status="404"}')).toBe(1);
    expect(value('predcache_request_duration_seconds_count{model="identity"}')).toBe(24);
    expect(value('predcache_request_duration_seconds_bucket{model="identity",le="+Inf"}')).toBe(24);
    const hits = value('predcache_hits_total{model="identity",version="1",tier="memory"}')!;
    const collapsed = value(`predcache_collapsed_total${labels}`)!;
    expect(value(`predcache_misses_total${labels}`)).toBe(1);
    expect(hits + collapsed).toBe(22);
    expect(value(`predcache_model_runs_total${labels}`)).toBe(1);
    expect(value(`predcache_model_run_inputs_total${labels}`)).toBe(1);
    expect(value(`predcache_queue_length${labels}`)).toBe(0);
    expect(value('predcache_memory_tier_entries')).toBe(1);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6);

    const stats = await send(`${gateway.url}/v2/models/identity/stats`);
    expect(stats.json).toMatchObject({
      model_stats: [
        {
          name: 'identity',
          version: '1',
          inference_count: 1,
          execution_count: 1,
          inference_stats: {
            success: { count: 23 },
            fail: { count: 0 },
            cache_hit: { count: hits, ns: expect.any(Number) },
            cache_miss: { count: 1, ns: expect.any(Number) },
            compute_infer: { count: 1, ns: expect.any(Number) },
          },
        },
      ],
    });
    expect((await send(`${gateway.url}/v2/models/identity/versions/1/stats`)).json).toEqual(stats.json);
    const all = (await send(`${gateway.url}/v2/models/stats`)).json as { model_stats: { name: string }[] };
    expect(all.model_stats.map(({ name }) => name)).toContain('identity');
    expect((await send(`${gateway.url}/v2/models/none/stats`)).status).toBe(404);
  });

  it('count what made room for others', async () => {
    for (let x = 100; x < 130; x++) await infer(gateway, 'identity', input(x));
    const value = await metrics();
    expect(value('predcache_evictions_total{model="identity",version="1",tier="memory"}')).toBeGreaterThan(
      10,
    );
    expect(value('predcache_memory_tier_bytes')).toBeLessThanOrEqual(3_000);
  });
});

describe('the text format', () => {
  it('escapes what labels may not hold', () => {
    const text = new Exposition();
    text.add('counter', 'a_total', 'A.', [[{ model: 'a"b\\c\nd' }, 1]]);
    expect(text.text).toBe('# HELP a_total A.\n# TYPE a_total counter\na_total{model="a\\"b\\\\c\\nd"} 1\n');
  });

  it('sums up buckets', () => {
    const histogram = new Histogram();
    for (const value of [0.0004, 0.0005, 0.3, 99]) histogram.observe(value);
    expect(histogram.cumulative()).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4]);
    expect([histogram.count, histogram.sum]).toEqual([4, 99.3009]);
  });
});
