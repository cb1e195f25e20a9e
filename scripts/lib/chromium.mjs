// Finds a Chromium for the tests and benchmarks, or gets one: an installed browser, else Debian's package where
// this user may install it, else the test tool's own download. Node's built-in modules only.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Without background networking and with software rendering: what a headless browser on a closed machine needs. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const commands = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
];
const macApplications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];
const windowsApplications = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function* candidates() {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const command of commands) yield path.join(folder, command);
  }
  if (process.platform === 'darwin') yield* macApplications;
  if (process.platform === 'win32') {
    for (const root of [
      process.env.PROGRAMFILES,
      process.env['PROGRAMFILES(X86)'],
      process.env.LOCALAPPDATA,
    ]) {
      if (root) for (const application of windowsApplications) yield path.join(root, application);
    }
  }
}

/** The executable of a browser that is already there, `undefined` when there is none. */
export function findChromium() {
  const named = process.env.PREDCACHE_CHROMIUM;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`PREDCACHE_CHROMIUM is ${named}, which is no executable file. Correct it, or unset it.`);
  }
  for (const file of candidates()) if (isExecutable(file)) return file;
  const downloaded = playwrightChromium();
  return downloaded !== undefined && existsSync(downloaded) ? downloaded : undefined;
}

/** Where Playwright keeps the Chromium it downloads; `undefined` before the packages are installed. */
function playwrightChromium() {
  try {
    return createRequire(import.meta.url)('playwright').chromium.executablePath();
  } catch {
    return undefined;
  }
}

function installWithApt(log) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return false;
  log("No browser found: installing Debian's chromium package.");
  const run = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  run('update', '-qq');
  return run('install', '-y', '-qq', '--no-install-recommends', 'chromium').status === 0;
}

function installWithPlaywright(log) {
  log("No browser found: downloading the test tool's own Chromium.");
  const cli = path.join(
    path.dirname(createRequire(import.meta.url).resolve('playwright/package.json')),
    'cli.js',
  );
  return (
    spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: ['ignore', 'inherit', 'inherit'] })
      .status === 0
  );
}

/** A browser's executable, installed first when there is none. Throws with the ways out when none can be had. */
export function ensureChromium(log = console.log) {
  const found = findChromium();
  if (found !== undefined) return found;
  if (installWithApt(log) || installWithPlaywright(log)) {
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'No Chromium, Chrome or Edge was found, and none could be installed. Install one of them, ' +
      'or set PREDCACHE_CHROMIUM to the path of its executable.',
  );
}
