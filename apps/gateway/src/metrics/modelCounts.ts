import type { PredictorEvent } from '@predcache/core';

/** Times in ms, and how many there were. */
export interface Duration {
  count: number;
  ms: number;
}

/** What happened to the predictions of one version of a model, read from its predictor's events. */
export class ModelCounts {
  readonly hitsByTier = new Map<string, Duration>();
  readonly misses: Duration = { count: 0, ms: 0 };
  readonly computed: Duration = { count: 0, ms: 0 };
  readonly failed: Duration = { count: 0, ms: 0 };
  readonly evictionsByTier = new Map<string, number>();
  collapsed = 0;
  aborted = 0;
  stored = 0;
  tierErrors = 0;
  timeSaved = 0;
  /** When a request was last answered, in ms since the epoch. */
  lastInference = 0;

  read(event: PredictorEvent): void {
    switch (event.type) {
      case 'hit': {
        add(durationOf(this.hitsByTier, event.source), event.latency);
        this.timeSaved += event.timeSaved;
        this.lastInference = Date.now();
        break;
      }
      case 'computed':
        add(this.misses, event.latency);
        add(this.computed, event.cost);
        this.lastInference = Date.now();
        break;
      case 'background':
        add(this.computed, event.cost);
        break;
      case 'collapsed':
        this.collapsed++;
        this.lastInference = Date.now();
        break;
      case 'failed':
        this.failed.count++;
        break;
      case 'aborted':
        this.aborted++;
        break;
      case 'stored':
        this.stored++;
        break;
      case 'evicted':
        this.evictionsByTier.set(event.tier, (this.evictionsByTier.get(event.tier) ?? 0) + 1);
        break;
      case 'tier-error':
        this.tierErrors++;
        break;
    }
  }

  get hits(): Duration {
    const sum = { count: 0, ms: 0 };
    for (const { count, ms } of this.hitsByTier.values()) {
      sum.count += count;
      sum.ms += ms;
    }
    return sum;
  }
}

function add(duration: Duration, ms: number): void {
  duration.count++;
  duration.ms += ms;
}

function durationOf(durations: Map<string, Duration>, name: string): Duration {
  let duration = durations.get(name);
  if (duration === undefined) {
    duration = { count: 0, ms: 0 };
    durations.set(name, duration);
  }
  return duration;
}
