import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGateway } from '@predcache/gateway';
import { build, defaultClientConditions } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

export interface PagesOptions {
  /** Below the project's folder. Pages are found there, and have their path below it on the site. */
  readonly source: string;
  readonly pages: readonly string[];
  /** Below the project's folder: where what is built goes. Emptied before. */
  readonly outDir: string;
}

/** Builds pages as an app would be built for production, and serves them beside the models. */
export async function servePages({ source, pages, outDir }: PagesOptions): Promise<Site> {
  const from = path.join(root, source);
  const to = path.join(root, outDir);
  await build({
    configFile: false,
    root: from,
    logLevel: 'warn',
    resolve: { conditions: ['@predcache/source', ...defaultClientConditions] },
    worker: { format: 'es' },
    build: {
      outDir: to,
      emptyOutDir: true,
      target: 'es2022',
      chunkSizeWarningLimit: 2000,
      rollupOptions: { input: pages.map((page) => path.join(from, page)) },
    },
  });
  const gateway = await buildGateway({ models: path.join(root, 'models'), site: to });
  const url = await gateway.listen({ host: '127.0.0.1', port: 0, listenTextResolver: () => '' });
  return { url, close: () => gateway.close() };
}
