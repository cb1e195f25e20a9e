import { describe, expect, it } from 'vitest';
import { readFiles } from '../../src/files/readModel.js';
import { readModelFile } from '../../src/node/readModelFile.js';
import { modelIdentity, modelReference } from '../../src/session/modelReference.js';
import { failure } from '../support/failure.js';
import { modelServer } from '../support/modelServer.js';

const own = Uint8Array.from({ length: 1_000 }, (_, index) => index % 251);
const weights = Uint8Array.from({ length: 300_000 }, (_, index) => index % 241);

function modelAt(url: string) {
  return {
    name: 'm',
    version: '1',
    url,
    externalData: [{ path: 'w.data', url: url.replace('model.onnx', 'w.data') }],
  };
}

describe('a model of several files', () => {
  it('is read as a whole, with progress that adds up and never falls', async () => {
    const server = await modelServer((request, response) => {
      const bytes = request.url === '/w.data' ? weights : own;
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.slice(0, 500));
      setImmediate(() => response.end(bytes.slice(500)));
    });
    const steps: [number, number | undefined][] = [];
    const bytes = await readModelFile(modelAt(server.url), {
      signal: new AbortController().signal,
      modelCache: false,
      onBytes: (loaded, total) => steps.push([loaded, total]),
    });
    expect(bytes).toEqual({ model: own, externalData: [{ path: 'w.data', data: weights }] });
    const size = own.length + weights.length;
    expect(steps.at(-1)).toEqual([size, size]);
    expect(steps.every(([, total]) => total === size)).toBe(true);
    const loaded = steps.map(([bytes]) => bytes);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
  });

  it('fails with the first file that does, and ends the others', async () => {
    let open = 0;
    const server = await modelServer((request, response) => {
      if (request.url === '/w.data') {
        open++;
        response.on('close', () => open--);
        response.write(weights);
      } else response.writeHead(500).end();
    });
    const reading = readModelFile(modelAt(server.url), {
      signal: new AbortController().signal,
      modelCache: false,
      onBytes: () => {},
    });
    expect(await failure(reading)).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED', details: { status: 500 } });
    await expect.poll(() => open).toBe(0);
  });

  it("rejects with the signal's reason", async () => {
    const controller = new AbortController();
    const reading = readFiles(
      (_file, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      modelAt('http://example.test/model.onnx'),
      { signal: controller.signal, modelCache: false, onBytes: () => {} },
    );
    controller.abort('enough');
    expect(await failure(reading)).toBe('enough');
  });

  it('takes back nothing when a file starts again, and reports once it knows of every file', async () => {
    const steps: [number, number | undefined][] = [];
    await readFiles(
      async (file, { onBytes }) => {
        const all = file.path === undefined ? own : weights;
        if (file.path !== undefined) await null;
        onBytes(0, all.length);
        onBytes(all.length, all.length);
        onBytes(10, all.length);
        return all as Uint8Array<ArrayBuffer>;
      },
      modelAt('http://example.test/model.onnx'),
      {
        signal: new AbortController().signal,
        modelCache: false,
        onBytes: (loaded, total) => steps.push([loaded, total]),
      },
    );
    const size = own.length + weights.length;
    expect(steps).toEqual([
      [own.length, size],
      [size, size],
      [size, size],
    ]);
  });
});

describe('the reference of a model', () => {
  const resolve = (url: string) => new URL(url, 'https://app.test/').href;
  const model = { name: 'm', version: '1', url: 'm.onnx' };
  const digest = `sha256-${'A'.repeat(43)}=`;

  it('has absolute URLs and the digests of all files', () => {
    const externalData = [{ path: 'w', url: 'w.data', integrity: digest }];
    expect(modelReference({ ...model, externalData }, resolve)).toEqual({
      name: 'm',
      version: '1',
      url: 'https://app.test/m.onnx',
      integrity: undefined,
      externalData: [{ path: 'w', url: 'https://app.test/w.data', integrity: digest }],
    });
    expect(modelReference({ ...model, externalData: [] }, resolve)).not.toHaveProperty('externalData');
  });

  it('stands for another session as soon as one file differs', () => {
    const withData = (...externalData: { path: string; url: string; integrity?: string }[]) =>
      modelIdentity(modelReference({ ...model, externalData }, resolve));
    const identities = [
      modelIdentity(modelReference(model, resolve)),
      withData({ path: 'w', url: 'w' }),
      withData({ path: 'w', url: 'x' }),
      withData({ path: 'x', url: 'w' }),
      withData({ path: 'w', url: 'w', integrity: digest }),
      withData({ path: 'w', url: 'w' }, { path: 'x', url: 'x' }),
    ];
    expect(new Set(identities).size).toBe(identities.length);
  });

  it.each([
    [{ path: 'w', url: 'w', integrity: 'sha256-abc' }],
    [{ path: '', url: 'w' }],
    [{ path: 'w', url: '' }],
    [{ path: 'w', url: 'http://' }],
    [
      { path: 'w', url: 'w' },
      { path: 'w', url: 'x' },
    ],
    [{ path: 'w', url: undefined } as never],
    [{ path: undefined, url: 'w' } as never],
  ])('is refused for external data %j', (...externalData) => {
    expect(() => modelReference({ ...model, externalData }, resolve)).toThrowError(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    );
  });
});
