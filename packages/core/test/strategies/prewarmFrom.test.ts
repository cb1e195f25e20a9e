import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPredictor, type Entry, encodeEntries, fromFunction, keyOf, memory } from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { gate } from '../support/gate.js';
import { SlowTier } from '../support/slowTier.js';
import { until } from '../support/until.js';
import { makeWorld, model } from '../support/world.js';

let server: Server;
let answer: RequestListener = () => {};
let base = '';

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => void vi.unstubAllGlobals());

const inputs = Array.from({ length: 1200 }, (_, at) => `input ${at}`);

async function entriesFor(modelId: string, count: number, changes: Partial<Entry> = {}): Promise<Entry[]> {
  return Promise.all(
    inputs.slice(0, count).map(async (input, at) =>
      sampleEntry(at, {
        key: await keyOf(model, input),
        model: modelId,
        outputs: `packed ${input}`,
        ...changes,
      }),
    ),
  );
}

async function packOf(entries: Iterable<Entry>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeEntries(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const serve = (body: Buffer | string, head: Record<string, string> = {}, status = 200) => {
  answer = (_, response) => {
    response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...head });
    response.end(body);
  };
};

describe('a warm pack from a server', () => {
  it('is stored in the slowest tier, and answers from there', async () => {
    const { predictor, slow, fast, world } = makeWorld();
    const pack = await packOf(await entriesFor(predictor.modelId, 1200));
    serve(pack);
    const seen: number[] = [];
    const result = await predictor.prewarmFrom(new URL(`${base}/pack.bin`), {
      onProgress: ({ stored, loadedBytes, totalBytes }) => {
        seen.push(stored);
        expect(loadedBytes).toBeLessThanOrEqual(totalBytes!);
      },
    });
    expect(result).toEqual({
      stored: 1200,
      known: 0,
      refused: { model: 0, damaged: 0, notStored: 0 },
      loadedBytes: pack.length,
      totalBytes: pack.length,
    });
    expect(seen).toEqual([500, 1000, 1200]);
    expect(fast.usage().entries).toBe(0);
    expect(slow.entries.size).toBe(1200);
    expect(await predictor.predict('input 7')).toMatchObject({
      output: 'packed input 7',
      source: 'indexeddb',
    });
    expect(world.runs).toBe(0);
    expect(await predictor.prewarmFrom(`${base}/pack.bin`)).toMatchObject({ stored: 0, known: 1200 });
  });

  it('leaves alone what is newer here, or given by the app', async () => {
    const { predictor, slow } = makeWorld();
    await predictor.predict('input 0', { waitForTiers: true });
    await predictor.put('input 1', 'right');
    serve(await packOf(await entriesFor(predictor.modelId, 1, { createdAt: 1000 })));
    expect(await predictor.prewarmFrom(base)).toMatchObject({ stored: 0, known: 1 });
    serve(await packOf(await entriesFor(predictor.modelId, 3, { createdAt: Date.now() + 1 })));
    expect(await predictor.prewarmFrom(base)).toMatchObject({ stored: 2, known: 1 });
    expect(slow.outputs).toEqual(['packed input 0', 'right', 'packed input 2']);
  });

  it('goes into memory where there is nothing else, and never to a shared tier', async () => {
    const shared = new SlowTier({ name: 'shared' });
    const onDevice = fromFunction((input: string) => input);
    const predictor = createPredictor<string, string>({ model, tiers: [memory(), shared], onDevice });
    serve(await packOf(await entriesFor(predictor.modelId, 3)));
    expect(await predictor.prewarmFrom(base)).toMatchObject({ stored: 3 });
    expect(predictor.peek('input 2')).toMatchObject({ output: 'packed input 2', source: 'memory' });
    expect(shared.calls.set).toBe(0);
  });

  it('of another model is passed over', async () => {
    const { predictor, slow } = makeWorld();
    const ours = await entriesFor(predictor.modelId, 2);
    const others = await entriesFor('e'.repeat(64), 3);
    serve(await packOf([...others, ...ours]));
    expect(await predictor.prewarmFrom(base)).toMatchObject({ stored: 2, refused: { model: 3 } });
    expect(slow.entries.size).toBe(2);
  });

  it('with entries that are damaged, or whose key is none, gives the others', async () => {
    const { predictor } = makeWorld();
    const [first, second, third] = await entriesFor(predictor.modelId, 3);
    const pack = await packOf([first!, { ...second!, key: 'Z'.repeat(64) }, third!]);
    const at = pack.indexOf('packed input 2');
    pack[at] = pack[at]! ^ 1;
    serve(pack);
    expect(await predictor.prewarmFrom(base)).toMatchObject({ stored: 1, refused: { damaged: 2 } });
    expect(await predictor.predict('input 2')).toMatchObject({ source: 'on_device' });
  });

  it('that is cut short gives what came before, and an error', async () => {
    const { predictor, slow } = makeWorld();
    const pack = await packOf(await entriesFor(predictor.modelId, 20));
    serve(pack.subarray(0, pack.length / 2));
    expect(await failure(predictor.prewarmFrom(base))).toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect(slow.entries.size).toBeGreaterThan(5);
    expect(slow.entries.size).toBeLessThan(20);
  });

  it('whose connection breaks gives what came before, and an error', async () => {
    const { predictor, slow } = makeWorld();
    const pack = await packOf(await entriesFor(predictor.modelId, 20));
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': String(pack.length) });
      response.write(pack.subarray(0, pack.length / 2), () => response.destroy());
    };
    expect(await failure(predictor.prewarmFrom(base))).toMatchObject({ code: 'STORAGE_FAILED' });
    expect(slow.entries.size).toBeLessThan(20);
  });

  it('that is a page is refused', async () => {
    const { predictor } = makeWorld();
    serve('<!doctype html><title>Not found</title>', { 'content-type': 'text/html' });
    expect(await failure(predictor.prewarmFrom(base))).toMatchObject({ code: 'STORAGE_CORRUPT' });
  });

  it('that is not there, or whose server is not, is PACK_UNREACHABLE', async () => {
    const { predictor } = makeWorld();
    serve('nothing here', {}, 404);
    expect(await failure(predictor.prewarmFrom(base))).toMatchObject({
      code: 'PACK_UNREACHABLE',
      what: 'The server answered 404',
    });
    expect(await failure(predictor.prewarmFrom('http://127.0.0.1:1/'))).toMatchObject({
      code: 'PACK_UNREACHABLE',
    });
    expect(await failure(predictor.prewarmFrom('not an address'))).toMatchObject({
      code: 'PACK_UNREACHABLE',
    });
  });

  it('ends with its signal and with the predictor, while it waits or loads', async () => {
    const { predictor } = makeWorld();
    const pack = await packOf(await entriesFor(predictor.modelId, 20));
    for (const head of [undefined, pack.subarray(0, 2000)]) {
      let asked = 0;
      answer = (_, response) => {
        asked++;
        if (head !== undefined) response.writeHead(200).write(head);
      };
      const controller = new AbortController();
      const loading = failure(predictor.prewarmFrom(base, { signal: controller.signal }));
      await until(() => asked === 1);
      controller.abort(new Error('stop'));
      expect(await loading).toMatchObject({ message: 'stop' });
    }
    answer = () => void predictor.dispose();
    expect(await failure(predictor.prewarmFrom(base))).toMatchObject({ code: 'DISPOSED' });
    expect(await failure(predictor.prewarmFrom(base))).toMatchObject({ code: 'DISPOSED' });
  });

  it('does not load for users who save data, unless the app insists', async () => {
    const { predictor } = makeWorld();
    serve(await packOf(await entriesFor(predictor.modelId, 1)));
    vi.stubGlobal('navigator', { connection: { saveData: true } });
    expect(await predictor.prewarmFrom(base)).toMatchObject({
      stored: 0,
      loadedBytes: 0,
      stoppedBy: 'saveData',
    });
    expect(await predictor.prewarmFrom(base, { evenIfSaveData: true })).toMatchObject({ stored: 1 });
  });

  it.each(['memory alone', 'a slower tier'])(
    'brings nothing back that was invalidated while it loaded: %s',
    async (where) => {
      const slow = new SlowTier();
      const tiers = where === 'memory alone' ? [memory()] : [memory(), slow];
      const predictor = createPredictor<string, string>({
        model,
        tiers,
        onDevice: fromFunction((input: string) => `computed ${input}`),
      });
      const entries = await entriesFor(predictor.modelId, 4);
      const pack = await packOf(entries.map((entry, at) => (at === 1 ? { ...entry, tags: ['t'] } : entry)));
      const { opened, open } = gate();
      let asked = 0;
      answer = async (_, response) => {
        response.write(pack.subarray(0, 40));
        asked++;
        await opened;
        response.end(pack.subarray(40));
      };
      const loading = predictor.prewarmFrom(base);
      await until(() => asked === 1);
      await predictor.invalidate({ input: 'input 0' });
      await predictor.invalidate({ tags: ['t'] });
      open();
      expect(await loading).toMatchObject({ stored: 2, refused: { notStored: 2 } });
      expect((await predictor.predict('input 0')).output).toBe('computed input 0');
      expect((await predictor.predict('input 1')).output).toBe('computed input 1');
      expect((await predictor.predict('input 2')).output).toBe('packed input 2');
    },
  );

  it('stores nothing of a model that went out of use while it loaded', async () => {
    const { predictor, slow } = makeWorld();
    const pack = await packOf(await entriesFor(predictor.modelId, 4));
    answer = async (_, response) => {
      response.write(pack.subarray(0, 40));
      await predictor.updateModel({ version: '2' });
      response.end(pack.subarray(40));
    };
    expect(await predictor.prewarmFrom(base)).toMatchObject({ stored: 0, refused: { notStored: 4 } });
    expect(slow.entries.size).toBe(0);
  });
});
