import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** Beyond 9 the wasm gets hardly smaller, and the build much slower. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/**
 * Writes `.br` and `.gz` beside the scripts, styles and wasm of a build, for servers that send files already
 * compressed. Both, because browsers take Brotli over secure connections and on localhost only.
 */
export function precompressed(): Plugin {
  return {
    name: 'predcache-demo:precompressed',
    apply: 'build',
    async writeBundle({ dir }) {
      if (dir === undefined) return;
      const assets = path.join(dir, 'assets');
      const names = (await readdir(assets)).filter((name) => /\.(js|css|wasm)$/.test(name));
      await Promise.all(names.map((name) => compress(path.join(assets, name))));
    },
  };
}

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  await Promise.all([
    brotli(bytes, brotliOptions).then((compressed) => writeFile(`${file}.br`, compressed)),
    gzipped(bytes).then((compressed) => writeFile(`${file}.gz`, compressed)),
  ]);
}
