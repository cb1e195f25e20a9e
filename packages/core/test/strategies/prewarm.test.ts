import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createPredictor,
  type Entry,
  encodeEntries,
  fromFunction,
  memory,
  type PrewarmProgress,
} from '@predcache/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { slowTier } from '../support/slowTier.js';

const model = { name: 'm', version: '1' };

function make(changes: { onDevice?: GatedEngine; version?: string } = {}) {
  const world = { runs: 0 };
  const tiers = [memory(), slowTier()];
  const predictor = createPredictor<number, number>({
    model: { ...model, version: changes.version ?? '1' },
    tiers,
    onDevice:
      changes.onDevice ??
      fromFunction((input: number) => {
        world.runs++;
        if (input < 0) throw new Error('negative');
        return input * 2;
      }),
  });
  return { predictor, world, tiers };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(['idle', 'now'] as const)('prewarm, priority %s', (priority) => {
  it('computes what is not known, says how it goes, and counts no requests', async () => {
    const { predictor, world } = make();
    await predictor.predict(3, { waitForTiers: true });
    const progress: PrewarmProgress[] = [];
    const result = await predictor.prewarm([1, 2, 3, -1, 2], {
      priority,
      concurrency: 1,
      onProgress: (each) => progress.push(each),
    });
    expect(result).toMatchObject({ computed: 2, known: 2, failed: 1, total: 5, timeLeft: 0 });
    expect(result.stoppedBy).toBeUndefined();
    expect(progress.length).toBe(5);
    expect(progress[1]!.timeLeft).toBeGreaterThan(0);
    expect(world.runs).toBe(4);
    expect(predictor.stats()).toMatchObject({ requests: 1, background: { prewarm: 2 } });
    expect([predictor.peek(1)?.output, predictor.peek(2)?.output]).toEqual([2, 4]);
  });
});

describe('prewarm', () => {
  it('takes iterators, closes them when its signal ends it, and says so', async () => {
    const { predictor } = make();
    const controller = new AbortController();
    let isClosed = false;
    async function* numbers() {
      try {
        for (let number = 0; ; number++) yield number;
      } finally {
        isClosed = true;
      }
    }
    const result = await predictor.prewarm(numbers(), {
      priority: 'now',
      signal: controller.signal,
      onProgress: ({ computed }) => computed >= 10 && controller.abort(),
    });
    expect(result.stoppedBy).toBe('signal');
    expect(result.computed).toBeGreaterThanOrEqual(10);
    expect(result.total).toBeUndefined();
    await expect.poll(() => isClosed).toBe(true);
  });

  it('does nothing for users who save data', async () => {
    vi.stubGlobal('navigator', { connection: { saveData: true } });
    const { predictor, world } = make();
    expect(await predictor.prewarm([1, 2])).toMatchObject({ computed: 0, stoppedBy: 'saveData' });
    expect(await predictor.prewarmFrom('http://localhost:1/none')).toMatchObject({ stoppedBy: 'saveData' });
    expect(world.runs).toBe(0);
  });

  it('lets real requests go first', async () => {
    const engine = new GatedEngine();
    const { predictor } = make({ onDevice: engine });
    const asked = predictor.predict(1);
    const call = await engine.called(1);
    const warming = predictor.prewarm([2]);
    expect(
      await Promise.race([engine.called(2), new Promise((resolve) => setImmediate(resolve, 'none'))]),
    ).toBe('none');
    call.answer([2]);
    await asked;
    (await engine.called(2)).answer([4]);
    expect(await warming).toMatchObject({ computed: 1 });
  });

  it('ends when the predictor is disposed of', async () => {
    const { predictor } = make();
    function* numbers() {
      yield 1;
      void predictor.dispose();
      yield* [2, 3, 4];
    }
    expect((await predictor.prewarm(numbers(), { priority: 'now', concurrency: 1 })).stoppedBy).toBe(
      'disposed',
    );
  });

  it.each([{ concurrency: 0 }, { concurrency: 1.5 }, { priority: 'soon' }])('refuses %o', async (options) => {
    const { predictor } = make();
    expect(await failure(predictor.prewarm([1], options as never))).toMatchObject({
      code: 'OPTIONS_INVALID',
    });
  });
});

describe('prewarmFrom', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
  });

  /** A server that answers so to everything. */
  async function serve(status: number, body: Uint8Array | string): Promise<string> {
    server = createServer((_, response) =>
      response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body),
    );
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/warm.pack`;
  }

  async function entriesOf(inputs: readonly number[], version = '1'): Promise<Entry[]> {
    const { predictor, tiers } = make({ version });
    const answers = await Promise.all(
      inputs.map((input) => predictor.predict(input, { waitForTiers: true })),
    );
    return (await tiers[1]!.getMany(answers.map(({ key }) => key))) as Entry[];
  }

  async function packOf(entries: readonly Entry[]): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    async function* each() {
      yield* entries;
    }
    for await (const chunk of encodeEntries(each())) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  it('stores the predictions of its model, and answers with them without an engine', async () => {
    const url = await serve(
      200,
      await packOf([...(await entriesOf([1, 2, 3])), ...(await entriesOf([4], '2'))]),
    );
    const { predictor, world } = make();
    await predictor.predict(3, { waitForTiers: true });
    const result = await predictor.prewarmFrom(url);
    expect(result).toMatchObject({ stored: 2, known: 1, refused: { model: 1, damaged: 0, notStored: 0 } });
    expect(result.loadedBytes).toBe(result.totalBytes);
    world.runs = 0;
    expect(await predictor.predict(1)).toMatchObject({ output: 2, source: 'indexeddb' });
    expect(world.runs).toBe(0);
  });

  it('passes over what is damaged, and stores the others', async () => {
    const pack = await packOf(await entriesOf([1, 2]));
    pack[100]! ^= 1;
    const { predictor } = make();
    expect(await predictor.prewarmFrom(await serve(200, pack))).toMatchObject({
      stored: 1,
      refused: { damaged: 1 },
    });
  });

  it.each([
    ['there is none', 404, 'not found', 'PACK_UNREACHABLE'],
    ['it is HTML', 200, '<!doctype html><title>Welcome</title>', 'STORAGE_CORRUPT'],
    ['it is empty', 200, '', 'STORAGE_CORRUPT'],
  ])('says so when %s', async (_, status, body, code) => {
    const { predictor } = make();
    expect(await failure(predictor.prewarmFrom(await serve(status, body)))).toMatchObject({ code });
  });

  it('keeps what came before a cut, and says that it is cut', async () => {
    const pack = await packOf(await entriesOf([1, 2, 3]));
    const { predictor } = make();
    const url = await serve(200, pack.subarray(0, pack.length - 40));
    expect(await failure(predictor.prewarmFrom(url))).toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect((await predictor.predict(1)).source).toBe('indexeddb');
  });

  it('says so when nobody answers', async () => {
    const url = await serve(200, '');
    await new Promise((resolve) => server!.close(resolve));
    const { predictor } = make();
    expect(await failure(predictor.prewarmFrom(url))).toMatchObject({ code: 'PACK_UNREACHABLE' });
  });
});
