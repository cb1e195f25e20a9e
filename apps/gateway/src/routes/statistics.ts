import type { FastifyInstance } from 'fastify';
import { addRoute } from '../http/addRoute.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Duration } from '../metrics/modelCounts.js';
import type { ModelRepository } from '../models/modelRepository.js';
import type { ServedModel } from '../models/servedModel.js';
import { requestedModel } from './requestedModel.js';

/** The protocol's extension `statistics`, in Triton's form as far as what it counts is counted here. */
export function addStatisticsRoutes(app: FastifyInstance, models: ModelRepository, metrics: Metrics): void {
  addRoute(app, 'GET', '/v2/models/stats', async () => ({
    model_stats: models.all.map((model) => statisticsOf(model, metrics)),
  }));
  addRoute(app, 'GET', '/v2/models/:name/stats', async (request, reply) => {
    const asked = await requestedModel(request, reply, models);
    const { name } = asked.description;
    const versions = models.all.filter(({ description }) => description.name === name);
    return { model_stats: versions.map((model) => statisticsOf(model, metrics)) };
  });
  addRoute(app, 'GET', '/v2/models/:name/versions/:version/stats', async (request, reply) => ({
    model_stats: [statisticsOf(await requestedModel(request, reply, models), metrics)],
  }));
}

function statisticsOf({ description: { name, version } }: ServedModel, metrics: Metrics): unknown {
  const { counts } = metrics.of(name, version);
  const runs = metrics.runs.of(name, version);
  const { hits, misses, computed, failed, collapsed } = counts;
  return {
    name,
    version,
    last_inference: counts.lastInference,
    inference_count: runs.inputs,
    execution_count: runs.count,
    inference_stats: {
      success: inNanoseconds({ count: hits.count + misses.count + collapsed, ms: hits.ms + misses.ms }),
      fail: inNanoseconds(failed),
      compute_infer: inNanoseconds(computed),
      cache_hit: inNanoseconds(hits),
      cache_miss: inNanoseconds(misses),
    },
  };
}

function inNanoseconds({ count, ms }: Duration): { readonly count: number; readonly ns: number } {
  return { count, ns: Math.round(ms * 1e6) };
}
