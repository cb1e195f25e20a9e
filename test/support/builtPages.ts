import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions, preview } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface BuiltPages {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds pages of `test/e2e/pages` from the packages' sources, as an app would be for production, and serves them. */
export async function servePages(names: readonly string[]): Promise<BuiltPages> {
  const source = path.join(root, 'test/e2e/pages');
  const outDir = path.join(root, '.cache/e2ePages');
  const common = { configFile: false, root: source, logLevel: 'warn' } as const;
  await build({
    ...common,
    resolve: { conditions: ['@predcache/source', ...defaultClientConditions] },
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      chunkSizeWarningLimit: 2000,
      rollupOptions: { input: names.map((name) => path.join(source, name)) },
    },
  });
  const server = await preview({ ...common, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('The pages are not served anywhere');
  return { url, close: () => server.close() };
}
