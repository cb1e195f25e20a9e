import type { Agreement } from '../comparePayloads.js';
import type { EngineSource } from '../engines/engine.js';
import type { OutboxStats } from '../origin/outboxEvents.js';
import type { BackgroundPurpose, PredictorEvent, Source, StoredSource } from './events.js';
import { LatencyHistogram } from './latencyHistogram.js';
import type { LatencyStats, PredictorStats } from './stats.js';

/** Counts what the events say. A reader of the event stream like any other. */
export class StatsReader {
  readonly #hitsByTier: Record<StoredSource, number> = { memory: 0, indexeddb: 0, shared: 0, origin: 0 };
  readonly #background: Record<BackgroundPurpose, number> = {
    refresh: 0,
    prewarm: 0,
    audit: 0,
    detached: 0,
  };
  readonly #audits: Record<Agreement, number> = { equal: 0, within_tolerance: 0, different: 0 };
  #outbox: OutboxStats | undefined;
  #staleHits = 0;
  #bypassed = 0;
  readonly #computedBy: Record<EngineSource, number> = { on_device: 0, in_cloud: 0 };
  readonly #latency = new Map<Source, LatencyHistogram>();
  #collapsed = 0;
  #collapsedHits = 0;
  #failures = 0;
  #aborted = 0;
  #timeSaved = 0;
  #stored = 0;
  #evictions = 0;
  #expirations = 0;
  #tierErrors = 0;
  #engineErrors = 0;

  readonly read = (event: PredictorEvent): void => {
    switch (event.type) {
      case 'hit':
        this.#hitsByTier[event.source]++;
        if (event.isStale) this.#staleHits++;
        this.#timeSaved += event.timeSaved;
        this.#addLatency(event.source, event.latency);
        break;
      case 'computed':
        this.#computedBy[event.source]++;
        this.#addLatency(event.source, event.latency);
        break;
      case 'collapsed':
        this.#collapsed++;
        if (!(event.source in this.#computedBy)) this.#collapsedHits++;
        this.#addLatency(event.source, event.latency);
        break;
      case 'failed':
        this.#failures++;
        break;
      case 'aborted':
        this.#aborted++;
        break;
      case 'stored':
        this.#stored++;
        break;
      case 'bypass':
        this.#bypassed++;
        break;
      case 'background':
        this.#background[event.purpose]++;
        break;
      case 'audited':
        this.#audits[event.agreement]++;
        this.#background.audit++;
        break;
      case 'outbox': {
        const { type, ...stats } = event;
        this.#outbox = stats;
        break;
      }
      case 'evicted':
        this.#evictions++;
        break;
      case 'expired':
        this.#expirations++;
        break;
      case 'tier-error':
        this.#tierErrors++;
        break;
      case 'engine-error':
        this.#engineErrors++;
        break;
    }
  };

  snapshot(tiers: PredictorStats['tiers']): PredictorStats {
    const hits = sum(this.#hitsByTier) + this.#collapsedHits;
    const misses = sum(this.#computedBy) + this.#collapsed - this.#collapsedHits;
    return {
      requests: hits + misses + this.#failures + this.#aborted,
      hits,
      misses,
      collapsed: this.#collapsed,
      failures: this.#failures,
      aborted: this.#aborted,
      hitRatio: hits === 0 ? 0 : hits / (hits + misses),
      hitsByTier: { ...this.#hitsByTier },
      staleHits: this.#staleHits,
      bypassed: this.#bypassed,
      background: { ...this.#background },
      audits: { ...this.#audits },
      computedBy: { ...this.#computedBy },
      timeSaved: this.#timeSaved,
      ...(this.#outbox === undefined ? {} : { outbox: this.#outbox }),
      stored: this.#stored,
      evictions: this.#evictions,
      expirations: this.#expirations,
      tierErrors: this.#tierErrors,
      engineErrors: this.#engineErrors,
      latency: this.#latencies(),
      tiers,
    };
  }

  #addLatency(source: Source, latency: number): void {
    let histogram = this.#latency.get(source);
    if (histogram === undefined) {
      histogram = new LatencyHistogram();
      this.#latency.set(source, histogram);
    }
    histogram.add(latency);
  }

  #latencies(): Partial<Record<Source, LatencyStats>> {
    const latencies: Partial<Record<Source, LatencyStats>> = {};
    for (const [source, histogram] of this.#latency) latencies[source] = histogram.stats();
    return latencies;
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
