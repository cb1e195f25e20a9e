// npm run faults [-- WORDS] [--quick] [--seed N]: does to the browser's storage what goes wrong in the field. The
// scenarios are in test/faults.
import { ensureChromium } from './lib/chromium.mjs';
import { withTestModule } from './lib/typeScript.mjs';
import { checkNode, ensureInstalled } from './lib/workspace.mjs';

async function prepareBrowser() {
  process.env.PREDCACHE_CHROMIUM = ensureChromium();
}

try {
  checkNode();
  await ensureInstalled();
  process.exitCode = await withTestModule('faults/faults.ts', ({ faults }) =>
    faults(process.argv.slice(2), prepareBrowser),
  );
} catch (error) {
  console.error(error.stack ?? error.message);
  process.exitCode = 1;
}
