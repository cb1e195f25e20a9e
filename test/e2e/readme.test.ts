import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildGateway } from '@predcache/gateway';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProfile } from '../support/browser.js';
import { rowsOnDisk } from '../support/rowsOnDisk.js';
import { root } from '../support/runningCommand.js';

// Below `test`, whose dependencies are those an app would have.
const app = path.join(root, 'test/.readme-app');

/** The README's code blocks by the file name in their first line. */
async function readmeFiles(): Promise<Map<string, string>> {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const blocks = readme.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g);
  return new Map([...blocks].map(([, name, code]) => [name!, code!]));
}

describe("the README's code", () => {
  beforeAll(async () => {
    await mkdir(app, { recursive: true });
    const files = await readmeFiles();
    expect([...files.keys()]).toEqual(['predict.worker.ts', 'main.ts']);
    for (const [name, code] of files) await writeFile(path.join(app, name), code);
    await copyFile(path.join(root, 'models/language-id.json'), path.join(app, 'language-id.json'));
    await writeFile(
      path.join(app, 'index.html'),
      '<!doctype html><title>README</title><script type="module" src="/main.ts"></script>',
    );
    await writeFile(path.join(app, 'tsconfig.json'), JSON.stringify(strictUserConfig));
  });

  afterAll(async () => {
    await rm(app, { recursive: true, force: true });
  });

  it('type checks in a strict project', async () => {
    await promisify(execFile)(path.join(root, 'node_modules/.bin/tsc'), ['-p', app]);
  });

  it('runs as printed: by the API at first, while the model loads; from IndexedDB after a reload', async () => {
    await build({
      configFile: false,
      root: app,
      logLevel: 'error',
      worker: { format: 'es' },
      build: { target: 'es2022' },
    });
    const gateway = await buildGateway({ models: path.join(root, 'models'), site: path.join(app, 'dist') });
    const url = await gateway.listen({ host: '127.0.0.1', port: 0, listenTextResolver: () => '' });
    const profile = await openProfile();
    const page = await profile.context.newPage();
    const said = async () =>
      (
        await page.waitForEvent('console', { predicate: (message) => message.text().includes(' from ') })
      ).text();
    const [first] = await Promise.all([said(), page.goto(url)]);
    expect(first).toBe('French from in_cloud');
    // The write goes on behind the answer.
    await expect.poll(() => rowsOnDisk(page)).toBe(1);
    const [second] = await Promise.all([said(), page.reload()]);
    expect(second).toBe('French from indexeddb');
    // The browser first: a gateway waits for connections that are still open.
    await profile.close();
    await gateway.close();
  });
});

const strictUserConfig = {
  compilerOptions: {
    strict: true,
    target: 'ES2022',
    module: 'ESNext',
    moduleResolution: 'Bundler',
    lib: ['ES2022', 'DOM'],
    types: [],
    resolveJsonModule: true,
    noEmit: true,
    skipLibCheck: false,
  },
  files: ['main.ts', 'predict.worker.ts'],
};
