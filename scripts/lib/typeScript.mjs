// Runs TypeScript of the tests in Node: Vite only loads it, and serves nothing.
import path from 'node:path';
import { root } from './workspace.mjs';

/** Calls `use` with what a module below `test` exports, for as long as that takes. */
export async function withTestModule(file, use) {
  const { createServer } = await import('vite');
  const conditions = ['@predcache/source', 'module', 'node', 'development|production'];
  const vite = await createServer({
    configFile: false,
    root: path.join(root, 'test'),
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    ssr: { resolve: { conditions, externalConditions: conditions } },
  });
  try {
    return await use(await vite.ssrLoadModule(`/${file}`));
  } finally {
    await vite.close();
  }
}
