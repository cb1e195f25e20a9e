import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import { precompressed } from '../plugins/precompressed.js';

it('writes every script, style and wasm of a build in both compressed forms as well', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'predcache-demo-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const wasm = Uint8Array.from({ length: 9000 }, (_, index) => index % 7);
  await writeFile(
    path.join(root, 'index.html'),
    '<!doctype html><script type="module" src="/main.js"></script>',
  );
  await writeFile(path.join(root, 'main.css'), 'p { color: red }');
  await writeFile(path.join(root, 'run.wasm'), wasm);
  await writeFile(
    path.join(root, 'main.js'),
    "import './main.css'; console.log(new URL('./run.wasm', import.meta.url).href);",
  );
  await build({ root, configFile: false, logLevel: 'silent', plugins: [precompressed()] });

  const assets = path.join(root, 'dist/assets');
  const names = await readdir(assets);
  const originals = names.filter((name) => !/\.(br|gz)$/.test(name));
  expect(originals.map((name) => path.extname(name)).sort()).toEqual(['.css', '.js', '.wasm']);
  expect(names).toHaveLength(3 * originals.length);
  for (const name of originals) {
    const file = path.join(assets, name);
    const bytes = await readFile(file);
    expect(brotliDecompressSync(await readFile(`${file}.br`))).toEqual(bytes);
    expect(gunzipSync(await readFile(`${file}.gz`))).toEqual(bytes);
  }
  const wasmName = originals.find((name) => name.endsWith('.wasm'))!;
  expect((await readFile(path.join(assets, `${wasmName}.br`))).length).toBeLessThan(wasm.length / 10);
});
