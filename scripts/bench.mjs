// npm run bench -- SUITE [--traces DIR] [--json FILE] [--quick]: runs one benchmark suite. The suites are in test/bench.
import path from 'node:path';
import { ensureChromium } from './lib/chromium.mjs';
import { checkNode, ensureBuilt, ensureInstalled, root } from './lib/workspace.mjs';

/** Only for suites that run in a browser: it takes a while, and the others do without. */
async function prepareBrowser() {
  await ensureBuilt();
  process.env.PREDCACHE_CHROMIUM = ensureChromium();
}

try {
  checkNode();
  await ensureInstalled();
  const { createServer } = await import('vite');
  // Vite only to load TypeScript: it serves nothing here.
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
    const { bench } = await vite.ssrLoadModule('/bench/bench.ts');
    process.exitCode = await bench(process.argv.slice(2), prepareBrowser);
  } finally {
    await vite.close();
  }
} catch (error) {
  console.error(error.stack ?? error.message);
  process.exitCode = 1;
}
