// npm test: installs what the tests need, then lint, type check, build and every suite. The last line counts them all.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureChromium } from './lib/chromium.mjs';
import { cacheFolder, checkNode, ensureBuilt, ensureInstalled, runBin } from './lib/workspace.mjs';

const totals = { passed: 0, failed: 0 };

async function check(name, body) {
  try {
    await body();
    totals.passed++;
    console.log(`✓ ${name}`);
  } catch (error) {
    totals.failed++;
    console.error(`✗ ${name}: ${error.message}`);
  }
}

/** Every suite in one run of the test tool; arguments choose among the files. */
async function suites(chromium) {
  mkdirSync(cacheFolder, { recursive: true });
  const report = path.join(cacheFolder, 'test-report.json');
  rmSync(report, { force: true });
  const args = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ];
  const status = await runBin('vitest', args, { env: { PREDCACHE_CHROMIUM: chromium }, allowFailure: true });
  const { numPassedTests, numFailedTests, numFailedTestSuites } = readReport(report);
  totals.passed += numPassedTests;
  totals.failed += numFailedTests;
  // A file that does not load, or an error outside any test, fails the run without failing a test.
  if (numFailedTests === 0 && (status !== 0 || numFailedTestSuites > 0)) {
    totals.failed += Math.max(1, numFailedTestSuites);
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 1 };
  }
}

try {
  checkNode();
  await ensureInstalled();
  const chromium = ensureChromium();
  console.log(`Browser: ${chromium}`);
  await check('lint and format', () => runBin('biome', ['ci', '--error-on-warnings', '--colors=off', '.']));
  await check('type check', () => runBin('tsc', ['-b']));
  await check('build', () => ensureBuilt());
  await suites(chromium);
} catch (error) {
  totals.failed++;
  console.error(error.message);
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
