import path from 'node:path';
import { describeError } from '@predcache/core';
import type { FastifyInstance } from 'fastify';
import type { ModelRepository } from './modelRepository.js';
import { ModelWatcher } from './modelWatcher.js';

/**
 * Loads the models of a folder, and again when their files change. They are loaded ahead of their first request, because
 * the file that one was read from may be broken by then.
 *
 * @param seen what `fingerprints` gave before the models were read
 */
export async function watchModels(
  app: FastifyInstance,
  { folder, models }: { readonly folder: string; readonly models: ModelRepository },
  seen: ReadonlyMap<string, string>,
): Promise<void> {
  const loading = [...models.files.values()].map(({ predictor }) =>
    predictor.load().catch((error: unknown) => {
      app.log.warn({ model: predictor.model.name, reason: describeError(error) }, 'model not loaded');
    }),
  );
  await Promise.all(loading);
  const watcher = new ModelWatcher(
    {
      folder: path.resolve(folder),
      models,
      onLoaded: ({ name, version, integrity }) =>
        app.log.info({ model: name, version, integrity }, 'model loaded'),
      onKept: (file, error) =>
        app.log.warn(
          { file, reason: describeError(error) },
          'changed file not taken over, the model stays as it was',
        ),
    },
    seen,
  );
  app.addHook('preClose', () => watcher.close());
}
