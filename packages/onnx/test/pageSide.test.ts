import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onnx } from '@predcache/onnx';
import { describe, expect, it } from 'vitest';
import { vector } from './support/engineModels.js';
import { failure } from './support/failure.js';

const src = resolve(dirname(fileURLToPath(import.meta.url)), '../src');

/** Every module that a file pulls in when it is loaded, packages included. */
async function loaded(file: string, seen = new Set<string>()): Promise<Set<string>> {
  seen.add(file);
  const code = await readFile(file, 'utf8');
  for (const [statement, specifier] of code.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'/gm)) {
    if (/^(import|export) type\b/.test(statement)) continue;
    if (!specifier!.startsWith('.')) seen.add(specifier!);
    else {
      const next = resolve(dirname(file), specifier!.replace(/\.js$/, '.ts'));
      if (!seen.has(next)) await loaded(next, seen);
    }
  }
  return seen;
}

describe('the page side', () => {
  it('never loads onnxruntime, nor anything but comlink and core', async () => {
    const all = [...(await loaded(resolve(src, 'index.ts')))];
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter((one) => !one.startsWith('/')).sort()).toEqual(['@predcache/core', 'comlink']);
  });

  it('can be imported and made on a server, and says there that it is unavailable', async () => {
    const engine = onnx({ worker: () => new Worker('/predict.worker.js') });
    const model = { name: 'm', version: '1', url: 'https://example.test/m.onnx' };
    expect(await engine.availability({ model })).toEqual({
      state: 'unavailable',
      reason: 'There are no Web Workers here.',
    });
    const error = await failure(engine.run([vector(1)], { model }));
    expect(error).toMatchObject({ code: 'WORKER_START_FAILED', cause: { name: 'ReferenceError' } });
    await engine.dispose();
  });

  it('rejects a relative url where there is no page to resolve it', async () => {
    const engine = onnx({ worker: () => new Worker('/predict.worker.js') });
    const model = { name: 'm', version: '1', url: '/m.onnx' };
    expect(await failure(engine.load({ model }))).toMatchObject({ code: 'OPTIONS_INVALID' });
  });
});
