// npm run gateway -- [--models DIR] [--upstream URL] …: installs, builds and runs the gateway alone; --help lists its flags.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { endWithNpm } from './lib/endWithNpm.mjs';
import { checkNode, ensureInstalled, root, runBin } from './lib/workspace.mjs';

try {
  checkNode();
  endWithNpm();
  await ensureInstalled(console.error);
  // Only what the gateway needs: the demo takes longer, and is not served here.
  await runBin('tsc', ['-b', 'apps/gateway'], { quiet: true });
  const { run } = await import(pathToFileURL(path.join(root, 'apps/gateway/dist/cli/run.js')).href);
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
