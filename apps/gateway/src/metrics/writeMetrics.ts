import type { MemoryTier, TierUsage } from '@predcache/core';
import type { AnswerCache } from '../answers/answerCache.js';
import type { ModelRepository } from '../models/modelRepository.js';
import { Exposition, type Labels } from './exposition.js';
import type { Counted, Metrics } from './metrics.js';

export interface MetricsParts {
  readonly metrics: Metrics;
  readonly models: ModelRepository;
  readonly memory: MemoryTier;
  readonly answers: AnswerCache;
}

/** All metrics, as Prometheus reads them. */
export function writeMetrics({ metrics, models, memory, answers }: MetricsParts): string {
  const text = new Exposition();
  const counted = metrics.models;
  const counter = (name: string, help: string, of: (counts: Counted['counts']) => number) =>
    text.add(
      'counter',
      `predcache_${name}_total`,
      help,
      counted.map((model) => [labelsOf(model), of(model.counts)] as const),
    );

  text.add(
    'counter',
    'predcache_requests_total',
    'Requests answered, by status and model; the model is empty where none was asked for or found.',
    metrics.requests.map(({ model, status, count }) => [{ model, status: String(status) }, count] as const),
  );
  text.addHistogram(
    'predcache_request_duration_seconds',
    'From the request to the end of its answer.',
    [...metrics.latencies].map(([model, latencies]) => [{ model }, latencies] as const),
  );
  text.add(
    'counter',
    'predcache_hits_total',
    'Predictions that a tier knew.',
    counted.flatMap((model) =>
      [...model.counts.hitsByTier].map(([tier, { count }]) => [{ ...labelsOf(model), tier }, count] as const),
    ),
  );
  counter('misses', 'Predictions that had to be computed for their request.', ({ misses }) => misses.count);
  counter(
    'collapsed',
    'Predictions that another identical request had asked for.',
    ({ collapsed }) => collapsed,
  );
  counter('failures', 'Predictions that failed.', ({ failed }) => failed.count);
  counter('aborted', 'Predictions whose clients went away.', ({ aborted }) => aborted);
  counter('stored', 'Predictions stored, in any tier.', ({ stored }) => stored);
  counter('tier_errors', 'Operations of tiers that did not work.', ({ tierErrors }) => tierErrors);
  counter('saved_seconds', 'What hits spared in computing.', ({ timeSaved }) => timeSaved / 1000);
  counter('computing_seconds', 'What computing took.', ({ computed }) => computed.ms / 1000);
  text.add(
    'counter',
    'predcache_evictions_total',
    'Predictions that made room for others.',
    counted.flatMap((model) =>
      [...model.counts.evictionsByTier].map(
        ([tier, count]) => [{ ...labelsOf(model), tier }, count] as const,
      ),
    ),
  );
  addRuns(text, metrics, counted);
  text.add(
    'gauge',
    'predcache_queue_length',
    'Requests that wait for a prediction.',
    models.all.map((model) => [labelsOf(model.description), model.pending] as const),
  );
  addMemory(text, memory.usage() as TierUsage, answers);
  return text.text;
}

function addRuns(text: Exposition, { runs }: Metrics, counted: readonly Counted[]): void {
  const of = (field: 'count' | 'inputs' | 'active') =>
    counted.map((model) => [labelsOf(model), runs.of(model.name, model.version)[field]] as const);
  text.add(
    'counter',
    'predcache_model_runs_total',
    'Runs of the model; one run may answer many.',
    of('count'),
  );
  text.add('counter', 'predcache_model_run_inputs_total', 'Inputs of all runs together.', of('inputs'));
  text.add('gauge', 'predcache_model_runs_active', 'Runs under way.', of('active'));
}

function addMemory(text: Exposition, usage: TierUsage, answers: AnswerCache): void {
  const gauge = (name: string, help: string, value: number) =>
    text.add('gauge', name, help, [[{}, value] as const]);
  const { rss, heapUsed } = process.memoryUsage();
  gauge('predcache_memory_tier_bytes', 'Bytes of predictions in memory.', usage.bytes);
  gauge('predcache_memory_tier_max_bytes', 'Most bytes of predictions in memory.', usage.maxSize ?? 0);
  gauge('predcache_memory_tier_entries', 'Predictions in memory.', usage.entries);
  gauge('predcache_answers_bytes', 'Bytes of answers kept as they went out.', answers.size);
  gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', rss);
  gauge('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', heapUsed);
}

function labelsOf({ name, version }: { readonly name: string; readonly version: string }): Labels {
  return { model: name, version };
}
