// npm run bench -- SUITE [--traces DIR] [--json FILE] [--quick]: runs one benchmark suite. The suites are in test/bench.
import { ensureChromium } from './lib/chromium.mjs';
import { withTestModule } from './lib/typeScript.mjs';
import { checkNode, ensureBuilt, ensureInstalled } from './lib/workspace.mjs';

/** Only for suites that run in a browser: it takes a while, and the others do without. */
async function prepareBrowser() {
  await ensureBuilt();
  process.env.PREDCACHE_CHROMIUM = ensureChromium();
}

try {
  checkNode();
  await ensureInstalled();
  process.exitCode = await withTestModule('bench/bench.ts', ({ bench }) =>
    bench(process.argv.slice(2), prepareBrowser),
  );
} catch (error) {
  console.error(error.stack ?? error.message);
  process.exitCode = 1;
}
