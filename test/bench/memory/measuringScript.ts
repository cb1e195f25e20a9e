import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const source = fileURLToPath(new URL('process', import.meta.url));

export interface MeasuringScript {
  readonly file: string;
  remove(): Promise<void>;
}

/**
 * Bundles what the processes run as an app would be built for production, contestants included: what loads the suite
 * makes every import a look-up in an object, which would be measured as well.
 */
export async function buildMeasuringScript(): Promise<MeasuringScript> {
  const parent = path.join(root, '.cache/bench/memory');
  await mkdir(parent, { recursive: true });
  // One of its own: another run must not take it away from under this one's processes.
  const folder = await mkdtemp(path.join(parent, 'run-'));
  const conditions = ['@predcache/source', 'module', 'node', 'production'];
  await build({
    configFile: false,
    root: source,
    mode: 'production',
    logLevel: 'warn',
    ssr: { noExternal: true, resolve: { conditions, externalConditions: conditions } },
    build: {
      ssr: path.join(source, 'main.ts'),
      outDir: folder,
      emptyOutDir: true,
      target: 'node20',
      minify: true,
      rollupOptions: { output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' } },
    },
  });
  return { file: path.join(folder, 'main.mjs'), remove: () => rm(folder, { recursive: true }) };
}
