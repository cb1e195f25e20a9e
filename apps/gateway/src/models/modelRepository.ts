import {
  createPredictor,
  type Engine,
  type MemoryTier,
  type PredictorEvent,
  type Tier,
} from '@predcache/core';
import { GatewayError } from '../http/gatewayError.js';
import type { UpstreamModels } from '../upstream/upstreamModels.js';
import type { ModelFile } from './modelFile.js';
import { twice } from './modelsFolder.js';
import { compareVersions } from './modelVersion.js';
import { type ModelDescription, ServedModel } from './servedModel.js';

/** What the predictors of all models share, so that one budget and one queue bound hold for all of them. */
export interface SharedParts {
  readonly memory: MemoryTier;
  /** Asked after memory. */
  readonly tiers: readonly Tier[];
  readonly ttl: number | undefined;
  readonly maxQueueLength: number;
  readonly listener: (event: PredictorEvent, model: ModelDescription) => void;
}

export interface ModelRepositoryOptions extends SharedParts {
  readonly files: readonly ModelFile[];
  readonly engine: Engine;
  /** Asked for models that are not in the folder. */
  readonly upstream: UpstreamModels | undefined;
}

/** The models served. */
export class ModelRepository {
  readonly #options: ModelRepositoryOptions;
  /** By path. */
  readonly #files = new Map<string, ServedModel<ModelFile>>();
  readonly #changed: ((model: ModelDescription) => void)[] = [];
  /** By name, the latest version last. */
  #names: ReadonlyMap<string, readonly ServedModel[]> = new Map();

  constructor(options: ModelRepositoryOptions) {
    this.#options = options;
    for (const file of options.files) this.#files.set(file.path, this.#serve(file));
    this.#index();
  }

  /** By name and version. */
  get all(): readonly ServedModel[] {
    return [...[...this.#names.values()].flat(), ...(this.#options.upstream?.all ?? [])];
  }

  /** Those of the folder. */
  get files(): ReadonlyMap<string, ServedModel<ModelFile>> {
    return this.#files;
  }

  /**
   * A model, of its latest version unless one is named; a promise of it where upstream has to be asked.
   *
   * @throws {GatewayError} 404 for an unknown model or version.
   */
  find(name: string, version?: string | undefined): ServedModel | Promise<ServedModel> {
    const versions = this.#names.get(name);
    if (versions === undefined) {
      const { upstream } = this.#options;
      if (upstream !== undefined) return upstream.find(name, version);
      throw new GatewayError(404, `Unknown model: '${name.slice(0, 100)}'`);
    }
    const model =
      version === undefined
        ? versions.at(-1)
        : versions.find(({ description }) => description.version === version);
    if (model !== undefined) return model;
    throw new GatewayError(404, `Model '${name}' has no version '${version?.slice(0, 100)}'`);
  }

  /** The versions there are of a model. */
  versionsOf({ description: { name, version } }: ServedModel): readonly string[] {
    return this.#names.get(name)?.map(({ description }) => description.version) ?? [version];
  }

  /** The one of the folder that has a name, and its latest version. */
  fileOf(name: string): ModelFile | undefined {
    return this.#names.get(name)?.at(-1)?.description as ModelFile | undefined;
  }

  /** Hears of every model that came or changed, until the returned function is called. */
  onChange(listener: (model: ModelDescription) => void): () => void {
    this.#changed.push(listener);
    return () => void this.#changed.splice(this.#changed.indexOf(listener), 1);
  }

  /**
   * Serves a new or changed file; it is loaded before it answers.
   *
   * @throws what loading rejects with; everything is then as before.
   */
  async put(file: ModelFile): Promise<void> {
    const others = [...this.#files.values()].filter(({ description }) => description.path !== file.path);
    if (others.some(({ description: { name, version } }) => name === file.name && version === file.version))
      throw twice(file.name, file.version, file.path);
    const served = this.#files.get(file.path);
    if (served === undefined) {
      const added = this.#serve(file);
      try {
        await added.predictor.load();
      } catch (error) {
        await added.predictor.dispose();
        throw error;
      }
      this.#files.set(file.path, added);
    } else await served.update(file, file.path);
    this.#index();
    for (const listener of [...this.#changed]) listener(file);
  }

  /** Serves a file no longer; what was asked of it is answered before it is let go. */
  remove(path: string): void {
    const served = this.#files.get(path);
    // The engine would go with its last model.
    if (served === undefined || this.#files.size === 1) return;
    this.#files.delete(path);
    this.#index();
    void served.retire();
  }

  async dispose(): Promise<void> {
    await Promise.all([
      ...[...this.#files.values()].map(({ predictor }) => predictor.dispose()),
      this.#options.upstream?.dispose(),
    ]);
  }

  #serve(file: ModelFile): ServedModel<ModelFile> {
    const { name, version, integrity, path: url } = file;
    const { engine, listener } = this.#options;
    const predictor = createPredictor({
      ...predictorOptions(this.#options),
      model: { name, version, integrity, url },
      onDevice: engine,
    });
    return new ServedModel(file, predictor, listener);
  }

  #index(): void {
    const models = [...this.#files.values()].sort(
      ({ description: a }, { description: b }) =>
        (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) || compareVersions(a.version, b.version),
    );
    const names = new Map<string, ServedModel[]>();
    for (const model of models) {
      const { name } = model.description;
      const versions = names.get(name);
      if (versions === undefined) names.set(name, [model]);
      else versions.push(model);
    }
    this.#names = names;
  }
}

export function predictorOptions({ memory, tiers, ttl, maxQueueLength }: SharedParts) {
  return { tiers: [memory, ...tiers], ttl, maxQueueLength, shareAcrossTabs: false as const };
}
