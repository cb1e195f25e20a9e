import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGateway } from '@predcache/gateway';
import { build, defaultClientConditions } from 'vite';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Builds pages as an app would be built for production, and serves them beside the models.
 *
 * @param name The suite's: what it builds is kept apart from what others do.
 * @param pages Paths below `test/bench`, which they have on the site as well.
 */
export async function serveSite(name: string, pages: readonly string[]): Promise<Site> {
  const source = path.join(root, 'test/bench');
  const outDir = path.join(root, '.cache/bench', name);
  await build({
    configFile: false,
    root: source,
    logLevel: 'warn',
    resolve: { conditions: ['@predcache/source', ...defaultClientConditions] },
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      chunkSizeWarningLimit: 2000,
      rollupOptions: { input: pages.map((page) => path.join(source, page)) },
    },
  });
  const gateway = await buildGateway({ models: path.join(root, 'models'), site: outDir });
  const url = await gateway.listen({ host: '127.0.0.1', port: 0, listenTextResolver: () => '' });
  return { url, close: () => gateway.close() };
}
