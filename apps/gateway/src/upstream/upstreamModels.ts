import { createPredictor, isPredcacheError } from '@predcache/core';
import { openInference } from '@predcache/remote';
import { GatewayError } from '../http/gatewayError.js';
import type { ModelRuns } from '../metrics/modelRuns.js';
import { predictorOptions, type SharedParts } from '../models/modelRepository.js';
import { compareVersions } from '../models/modelVersion.js';
import { ServedModel } from '../models/servedModel.js';
import { UpstreamMetadata } from './upstreamMetadata.js';
import type { UpstreamOptions } from './upstreamOptions.js';

/** More are let go, the one longest unasked first: names come from clients. */
const mostModels = 256;

interface Known {
  readonly served: ServedModel;
  readonly checkedAt: number;
}

/** The models of a server behind this one, each with a predictor of its own once it has been asked for. */
export class UpstreamModels {
  readonly #options: UpstreamOptions;
  readonly #shared: SharedParts;
  readonly #metadata: UpstreamMetadata;
  readonly #runs: ModelRuns;
  /** By what was asked for, with or without a version. */
  readonly #asked = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<ServedModel>>();
  /** By name and version. */
  readonly #served = new Map<string, ServedModel>();

  constructor(options: UpstreamOptions, shared: SharedParts, runs: ModelRuns) {
    this.#options = options;
    this.#runs = runs;
    this.#shared = shared;
    this.#metadata = new UpstreamMetadata(options);
  }

  get all(): readonly ServedModel[] {
    return [...this.#served.values()];
  }

  /** @throws {GatewayError} 404 for an unknown model, 502 and 504 when the server cannot be asked. */
  find(name: string, version: string | undefined): ServedModel | Promise<ServedModel> {
    const asked = JSON.stringify([name, version]);
    const known = this.#asked.get(asked);
    const age = known === undefined ? Number.POSITIVE_INFINITY : performance.now() - known.checkedAt;
    if (known !== undefined && age < (this.#options.refreshAfter ?? 30_000)) return known.served;
    const asking = this.#asking.get(asked) ?? this.#ask(asked, name, version);
    // A server that is away takes nothing from what is known: predictions made before go on answering.
    if (known === undefined) return asking;
    return asking.catch((error: unknown) => {
      if ((error as { statusCode?: unknown }).statusCode === 404) throw error;
      this.#asked.set(asked, { served: known.served, checkedAt: performance.now() });
      return known.served;
    });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.all.map(({ predictor }) => predictor.dispose()));
  }

  #ask(asked: string, name: string, version: string | undefined): Promise<ServedModel> {
    const asking = this.#describe(asked, name, version).finally(() => this.#asking.delete(asked));
    this.#asking.set(asked, asking);
    return asking;
  }

  async #describe(asked: string, name: string, version: string | undefined): Promise<ServedModel> {
    try {
      const metadata = await this.#metadata.model(name, version);
      const latest = version ?? [...metadata.versions].sort(compareVersions).at(-1);
      const served = this.#serve(name, latest, metadata, await this.#metadata.takesBinary());
      this.#asked.delete(asked);
      this.#asked.set(asked, { served, checkedAt: performance.now() });
      this.#letGo();
      return served;
    } catch (error) {
      if (isPredcacheError(error) && error.details.status === 404) this.#asked.delete(asked);
      throw statusOf(error, name);
    }
  }

  #serve(
    name: string,
    version: string | undefined,
    metadata: Awaited<ReturnType<UpstreamMetadata['model']>>,
    takesBinary: boolean,
  ): ServedModel {
    const id = JSON.stringify([name, version]);
    const known = this.#served.get(id);
    if (known !== undefined) return known;
    const { url, headers, timeout, concurrency = 16, fetch } = this.#options;
    const { inputs, outputs, platform } = metadata;
    // A server that names no versions has one that is always the latest.
    const description = { name, version: version ?? '1', platform, signature: { inputs, outputs } };
    const inCloud = openInference({
      baseUrl: url,
      model: name,
      version,
      headers,
      timeout,
      concurrency,
      fetch,
      format: takesBinary ? 'binary' : 'json',
    });
    const predictor = createPredictor({
      ...predictorOptions(this.#shared),
      model: { name, version: description.version },
      inCloud: this.#runs.counted(inCloud),
    });
    const served = new ServedModel(description, predictor, this.#shared.listener);
    this.#served.set(id, served);
    return served;
  }

  #letGo(): void {
    for (const [asked] of this.#asked) {
      if (this.#asked.size <= mostModels) break;
      this.#asked.delete(asked);
    }
    const inUse = new Set([...this.#asked.values()].map(({ served }) => served));
    for (const [id, served] of this.#served) {
      if (inUse.has(served)) continue;
      this.#served.delete(id);
      void served.retire();
    }
  }
}

function statusOf(error: unknown, name: string): unknown {
  if (!isPredcacheError(error) || error.details.status !== 404) return error;
  return new GatewayError(404, `Unknown model: '${name.slice(0, 100)}'`, { cause: error });
}
