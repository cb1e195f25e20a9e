import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../src/events/latencyHistogram.js';

describe('LatencyHistogram', () => {
  it('is within 10 % of the exact percentiles', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.002, max: 5000, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (latencies) => {
          const histogram = new LatencyHistogram();
          for (const latency of latencies) histogram.add(latency);
          const sorted = [...latencies].sort((a, b) => a - b);
          const exact = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
          const { count, mean, p50, p95, max } = histogram.stats();
          expect(count).toBe(latencies.length);
          expect(max).toBe(sorted.at(-1));
          expect(mean).toBeCloseTo(latencies.reduce((sum, latency) => sum + latency, 0) / count, 6);
          expect(Math.abs(p50 / exact(0.5) - 1)).toBeLessThan(0.1);
          expect(Math.abs(p95 / exact(0.95) - 1)).toBeLessThan(0.1);
        },
      ),
    );
  });

  it('takes what no clock measures, and what takes for ever', () => {
    const histogram = new LatencyHistogram();
    histogram.add(0);
    expect(histogram.stats()).toMatchObject({ count: 1, p50: 0, max: 0 });
    histogram.add(1e12);
    expect(histogram.stats().max).toBe(1e12);
    expect(new LatencyHistogram().stats()).toEqual({ count: 0, mean: 0, p50: 0, p95: 0, max: 0 });
  });
});
