import type { LatencyStats } from './stats.js';

/** Buckets grow by this factor: a percentile read off a bucket's middle is within 10 %. */
const growth = 1.2;
const smallest = 0.001;
const buckets = 160;

/** Latencies in constant memory: counts in logarithmic buckets from 1 µs to more than an hour. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(buckets);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** @param latency in ms */
  add(latency: number): void {
    this.#count++;
    this.#sum += latency;
    if (latency > this.#max) this.#max = latency;
    const bucket = latency <= smallest ? 0 : Math.ceil(Math.log(latency / smallest) / Math.log(growth));
    this.#counts[Math.min(bucket, buckets - 1)]!++;
  }

  get count(): number {
    return this.#count;
  }

  stats(): LatencyStats {
    const count = this.#count;
    return {
      count,
      mean: count === 0 ? 0 : this.#sum / count,
      p50: this.#percentile(0.5),
      p95: this.#percentile(0.95),
      max: this.#max,
    };
  }

  #percentile(share: number): number {
    let seen = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen > 0 && seen >= share * this.#count)
        return Math.min(this.#max, smallest * growth ** (bucket - 0.5));
    }
    return 0;
  }
}
