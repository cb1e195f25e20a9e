import { type Entry, type EvictionPolicy, entrySize, gdsf, lru, memory } from '@predcache/core';
import { randomNumbers } from '../support/randomNumbers.js';
import { shuffled } from '../support/shuffled.js';
import { zipf } from '../support/zipf.js';

/** ms that a prediction takes, by model. */
const costs = [2, 20, 300] as const;
const keys = 30_000;
const requestCount = 1_000_000;
const exponent = 0.9;
/** Of the keys that are asked for. */
const cachedShare = 0.1;

/**
 * What is left to compute for three models that share a tier by `gdsf()`, over what is left by `lru()`: predictions of
 * 2, 20 and 300 ms and of one size, asked for by Zipf's law, a tenth of them fitting. Nothing is timed: it is exact, and
 * the same in every run.
 */
export function costAware(): number {
  const requests = makeRequests();
  return timeLeft(requests, gdsf()) / timeLeft(requests, lru());
}

/** An entry for each request, the same one for the same prediction; favourites are spread evenly over the models. */
function makeRequests(): Entry[] {
  const entries = Array.from(shuffled(0, keys, randomNumbers(4)), (number) => entryOf(number));
  const rank = zipf(keys, exponent, randomNumbers(5));
  return Array.from({ length: requestCount }, () => entries[rank()]!);
}

/** ms that the model still runs. */
function timeLeft(requests: readonly Entry[], policy: EvictionPolicy): number {
  const maxEntries = Math.round(new Set(requests).size * cachedShare);
  const tier = memory({ maxEntries, maxSize: Number.MAX_SAFE_INTEGER, policy });
  let asked = 0;
  let left = 0;
  for (const entry of requests) {
    asked += entry.cost;
    if (tier.peek(entry.key, entry.model) !== undefined) continue;
    left += entry.cost;
    tier.setMany([entry]);
  }
  const { costSaved } = tier.stats();
  if (asked - left !== costSaved) {
    throw new Error(`The tier counts ${costSaved} ms saved of ${asked}, but ${left} are left`);
  }
  return left;
}

function entryOf(number: number): Entry {
  const model = number % costs.length;
  const outputs = [0.5];
  return {
    key: number.toString(16).padStart(64, '0'),
    model: String(model).repeat(64),
    outputs,
    createdAt: 1_700_000_000_000,
    cost: costs[model]!,
    size: entrySize(outputs, []),
    tags: [],
    computedBy: 'on_device',
    backend: 'wasm',
  };
}
