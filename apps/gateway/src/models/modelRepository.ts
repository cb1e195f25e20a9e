import { createPredictor, type Engine, memory, type Predictor, type Tensors } from '@predcache/core';
import { GatewayError } from '../http/gatewayError.js';
import type { ModelFile } from './modelFile.js';

/** A model with the predictor that answers for it. */
export interface ServedModel {
  readonly file: ModelFile;
  readonly predictor: Predictor<Tensors, Tensors>;
}

export interface ModelRepositoryOptions {
  readonly files: readonly ModelFile[];
  readonly engine: Engine;
  /** Bytes of predictions kept, for all models together. */
  readonly cacheSize: number;
}

/** The models served. They share one engine and one memory tier, so that one budget holds for all of them. */
export class ModelRepository {
  readonly #models: ReadonlyMap<string, ServedModel>;

  constructor({ files, engine, cacheSize }: ModelRepositoryOptions) {
    const tiers = [memory({ maxSize: cacheSize })];
    this.#models = new Map(
      files.map((file) => {
        const { name, version, integrity, path: url } = file;
        const model = { name, version, integrity, url };
        return [name, { file, predictor: createPredictor({ model, tiers, onDevice: engine }) }];
      }),
    );
  }

  get all(): readonly ServedModel[] {
    return [...this.#models.values()];
  }

  /** @throws {GatewayError} 404 for an unknown model or version. */
  find(name: string, version?: string | undefined): ServedModel {
    const model = this.#models.get(name);
    if (model === undefined) throw new GatewayError(404, `Unknown model: '${name.slice(0, 100)}'`);
    if (version === undefined || version === model.file.version) return model;
    throw new GatewayError(404, `Model '${name}' has no version '${version.slice(0, 100)}'`);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.all.map(({ predictor }) => predictor.dispose()));
  }
}
