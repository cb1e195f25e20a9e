// Installs and builds the workspace, and only what has changed since the last time. Node's built-in modules only.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const cacheFolder = path.join(root, '.cache');

const pnpm = 'pnpm@12.21.0';
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const notSources = new Set(['node_modules', 'dist', 'dist-types', 'test', '.vite', 'training']);

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `Predcache needs Node 20.19 or newer; this is ${process.versions.node}. Install it and try again.`,
  );
}

/** Runs a command to its end; its output goes to the terminal, or is shown only when it fails. */
export function run(command, args, { quiet = false, env = {}, allowFailure = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      // npx is a script on Windows, which only a shell can start.
      shell: process.platform === 'win32',
    });
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    // Whoever is told to end passes it on, and waits: nothing may outlive us.
    const pass = (signal) => child.kill(signal);
    for (const signal of endings) process.on(signal, pass);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      for (const each of endings) process.off(each, pass);
      if (endings.includes(signal)) process.exit(1);
      if (status === 0 || allowFailure) return resolve(status ?? 1);
      if (quiet) process.stderr.write(Buffer.concat(output));
      reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? `status ${status}`}.`));
    });
  });
}

/** Runs a package's command from node_modules/.bin. */
export function runBin(name, args, options) {
  return run(path.join(root, 'node_modules', '.bin', name), args, options);
}

/** Installs the locked packages, unless they are there. */
export async function ensureInstalled(log = console.log) {
  const stamp = path.join(root, 'node_modules', '.predcache-installed');
  const digest = digestOf(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests()]);
  if (readStamp(stamp) === digest) return;
  log('Installing packages …');
  await run('npx', ['--yes', pnpm, 'install', '--frozen-lockfile'], { quiet: true });
  writeFileSync(stamp, digest);
}

/** Type checks and builds the packages and the gateway, and bundles the demo, unless nothing has changed. */
export async function ensureBuilt(log = console.log) {
  const sources = ['packages', 'apps', 'models', 'pnpm-lock.yaml', 'tsconfig.base.json'];
  const stamp = path.join(cacheFolder, 'built');
  const digest = digestOf(sources.flatMap((source) => filesBelow(source)));
  const results = ['apps/demo/dist/index.html', 'apps/gateway/dist/cli/run.js', ...librariesBuilt()];
  if (readStamp(stamp) === digest && results.every((file) => existsSync(path.join(root, file)))) return;
  rmSync(stamp, { force: true });
  log('Building …');
  await runBin('tsc', ['-b', 'packages/react', 'packages/cli', 'apps/gateway', 'apps/demo']);
  await runBin('vite', ['build', 'apps/demo', '--config', 'apps/demo/vite.config.ts', '--logLevel', 'warn']);
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(stamp, digest);
}

function librariesBuilt() {
  return readdirSync(path.join(root, 'packages')).map((name) => `packages/${name}/dist/index.js`);
}

function manifests() {
  return ['packages', 'apps'].flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}/package.json`),
  );
}

/** Every source file below a path, in a fixed order, relative to the root. */
function filesBelow(relative) {
  const absolute = path.join(root, relative);
  if (!existsSync(absolute)) return [];
  try {
    return readdirSync(absolute, { withFileTypes: true })
      .filter((item) => !notSources.has(item.name) && !item.name.endsWith('.tsbuildinfo'))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((item) => filesBelow(path.join(relative, item.name)));
  } catch (error) {
    if (error.code === 'ENOTDIR') return [relative];
    throw error;
  }
}

function digestOf(files) {
  const hash = createHash('sha256').update(process.version);
  for (const file of files) {
    const absolute = path.join(root, file);
    hash.update(`\0${file}\0`);
    if (existsSync(absolute)) hash.update(readFileSync(absolute));
  }
  return hash.digest('hex');
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
