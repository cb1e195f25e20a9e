import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { downloadFile } from '../../src/files/download/downloadFile.js';
import type { ModelFile } from '../../src/files/modelFile.js';
import { failure } from '../support/failure.js';
import { modelServer } from '../support/modelServer.js';

const file = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 31) % 251);

interface Reading extends Partial<ModelFile> {
  readonly stallTimeout?: number;
  readonly signal?: AbortSignal;
}

function read(url: string, { stallTimeout = 5_000, signal, ...file }: Reading = {}) {
  const steps: [loaded: number, total: number | undefined][] = [];
  const bytes = downloadFile(
    { model: { name: 'm', version: '1' }, url, ...file },
    {
      signal: signal ?? new AbortController().signal,
      stallTimeout,
      onBytes: (loaded, total) => steps.push([loaded, total]),
    },
  );
  return { bytes, steps };
}

describe('downloadFile', () => {
  it('gives the bytes and counts them while they come', async () => {
    const server = await modelServer((_request, response) => {
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.slice(0, 50_000));
      setImmediate(() => response.end(file.slice(50_000)));
    });
    const { bytes, steps } = read(server.url);
    expect(await bytes).toEqual(file);
    expect(steps[0]).toEqual([0, file.length]);
    expect(steps.at(-1)).toEqual([file.length, file.length]);
    expect(steps.map(([loaded]) => loaded)).toEqual(steps.map(([loaded]) => loaded).sort((a, b) => a - b));
  });

  it('takes an answer of unknown length', async () => {
    const server = await modelServer((_request, response) => {
      response.write(file.slice(0, 70_000));
      response.end(file.slice(70_000));
    });
    const { bytes, steps } = read(server.url);
    expect(await bytes).toEqual(file);
    expect(steps.at(-1)).toEqual([file.length, undefined]);
  });

  it('does not take the length of a compressed answer for that of the file', async () => {
    const packed = gzipSync(file);
    const server = await modelServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
    });
    const { bytes, steps } = read(server.url);
    expect(await bytes).toEqual(file);
    expect(steps.every(([, total]) => total === undefined)).toBe(true);
  });

  it.each([
    [404, 'deployed'],
    [403, 'server'],
    [500, 'server'],
  ])('names the status %i', async (status, hint) => {
    const server = await modelServer((_request, response) => response.writeHead(status).end('no'));
    const error = await failure(read(server.url).bytes);
    expect(error).toMatchObject({
      code: 'MODEL_DOWNLOAD_FAILED',
      details: { status, url: server.url },
      hint: expect.stringContaining(hint),
    });
  });

  it('names HTML by its content type without reading it', async () => {
    const server = await modelServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).write('<!doctype html>');
    });
    const { bytes, steps } = read(server.url);
    expect(await failure(bytes)).toMatchObject({ code: 'MODEL_NOT_A_MODEL' });
    expect(steps).toEqual([]);
  });

  it.each(['<html>', '\n  <!doctype html>', '\uFEFF<html>', '<'])(
    'names HTML by its content: %j',
    async (page) => {
      const server = await modelServer((_request, response) => response.end(page));
      expect(await failure(read(server.url).bytes)).toMatchObject({ code: 'MODEL_NOT_A_MODEL' });
    },
  );

  it('rejects a download cut off before the promised length', async () => {
    const server = await modelServer((request, response) => {
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.slice(0, 60_000), () => request.socket.destroy());
    });
    expect(await failure(read(server.url).bytes)).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED' });
  });

  it('rejects a body shorter than its Content-Length also where fetch lets it pass', async () => {
    const fetchFromNetwork = globalThis.fetch;
    globalThis.fetch = async () => new Response(file.slice(0, 100), { headers: { 'content-length': '200' } });
    const error = await failure(read('http://example.test/model.onnx').bytes).finally(() => {
      globalThis.fetch = fetchFromNetwork;
    });
    expect(error).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED', details: { received: 100, promised: 200 } });
  });

  it('rejects when the server cannot be reached', async () => {
    const error = await failure(read('http://127.0.0.1:9/model.onnx').bytes);
    expect(error).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED' });
    expect(error.cause).toBeInstanceOf(Error);
  });

  it.each<[string, (write: () => void) => void]>([
    ['before the headers', () => {}],
    ['in the middle', (write) => write()],
  ])('gives up on a server that stalls %s', async (_case, begin) => {
    const server = await modelServer((_request, response) =>
      begin(() => response.write(file.slice(0, 1_000))),
    );
    const error = await failure(read(server.url, { stallTimeout: 100 }).bytes);
    expect(error).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED', details: { timeout: 100 } });
  });

  it('does not take a slow server for one that stalls', async () => {
    const server = await modelServer((_request, response) => {
      let sent = 0;
      const timer = setInterval(() => {
        response.write(file.slice(sent, sent + 20_000));
        sent += 20_000;
        if (sent < file.length) return;
        clearInterval(timer);
        response.end();
      }, 150);
    });
    expect(await read(server.url, { stallTimeout: 1_000 }).bytes).toEqual(file);
  });

  it("rejects with the signal's reason, before and during", async () => {
    const server = await modelServer((_request, response) => {
      response.write(file.slice(0, 1_000));
    });
    expect(await failure(read(server.url, { signal: AbortSignal.abort('before') }).bytes)).toBe('before');
    expect(server.requests).toHaveLength(0);
    const controller = new AbortController();
    const reading = failure(read(server.url, { signal: controller.signal }).bytes);
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort('during');
    expect(await reading).toBe('during');
  });

  it('lets go of the connection of an answer that it did not read to its end', async () => {
    let open = 0;
    const server = await modelServer((_request, response) => {
      open++;
      response.on('close', () => open--);
      response.writeHead(404);
      // More than any buffer on the way takes.
      response.write(new Uint8Array(50_000_000));
    });
    expect(await failure(read(server.url).bytes)).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED' });
    await expect.poll(() => open).toBe(0);
  });

  it('asks once more past HTTP caches, which may hold another file for a year', async () => {
    const integrity = `sha256-${createHash('sha256').update(file).digest('base64')}`;
    const stale = file.slice(1);
    const server = await modelServer((request, response) =>
      response.end(request.headers['cache-control'] === 'no-cache' ? file : stale),
    );
    expect(await read(server.url, { integrity }).bytes).toEqual(file);
    expect(server.requests.map(({ headers }) => headers['cache-control'])).toEqual([undefined, 'no-cache']);
  });

  it('refuses another file when the server has nothing else', async () => {
    const actual = `sha256-${createHash('sha256').update(file).digest('base64')}`;
    const integrity = `sha256-${createHash('sha256').update('').digest('base64')}`;
    const server = await modelServer((_request, response) => response.end(file));
    expect(await failure(read(server.url, { integrity }).bytes)).toMatchObject({
      code: 'MODEL_INTEGRITY_MISMATCH',
      details: { expected: integrity, actual, bytes: file.length },
    });
    expect(server.requests).toHaveLength(2);
  });

  it.each([2 ** 31, 5e9])(
    'refuses a file of %i bytes before it comes, naming external data',
    async (size) => {
      const server = await modelServer((_request, response) => {
        response.writeHead(200, { 'content-length': size }).write(file);
      });
      expect(await failure(read(server.url).bytes)).toMatchObject({
        code: 'MODEL_INVALID',
        hint: expect.stringContaining('external data'),
        details: { size },
      });
    },
  );

  it.each<[string, Uint8Array | string, boolean]>([
    ['weights that begin like markup', Uint8Array.of(0x3c, 0x3f, 1, 2), true],
    ['weights that begin with white space and a tag', '  <w', true],
    ['a web page', '<!DOCTYPE html><title>', false],
    ['a web page without a doctype', '\n<html lang="en">', false],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1', false],
    ['nothing', '', false],
  ])('tells external data from what is served in its place: %s', async (_case, body, isTaken) => {
    const server = await modelServer((_request, response) => response.end(body));
    const { bytes } = read(server.url, { path: 'w.data' });
    if (isTaken) expect((await bytes).byteLength).toBe(Buffer.from(body).length);
    else {
      expect(await failure(bytes)).toMatchObject({
        code: 'MODEL_NOT_A_MODEL',
        where: 'external data "w.data" of model "m" version "1"',
      });
    }
  });
});
