import { readFile } from 'node:fs/promises';
import type { Tensors } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { externalDataModel } from './support/outsideModels.js';
import { watchedSession } from './support/sessions.js';
import { identityModel, lookupModel, scaleModel, sequenceModel } from './support/testModels.js';

// The runtime's heap, which it never makes smaller: caught as it is made, before the runtime is imported.
const heap = vi.hoisted(() => {
  const heaps: WebAssembly.Memory[] = [];
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      heaps.push(this);
    }
  };
  return { size: () => heaps.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) };
});

/** Each round leaves more than 100 kB behind if it leaves anything: with all rounds the heap would have to grow. */
async function expectFlat(rounds: number, round: () => Promise<unknown>): Promise<void> {
  for (let warmUp = 0; warmUp < 10; warmUp++) await round();
  const before = heap.size();
  for (let count = 0; count < rounds; count++) await round();
  expect(before).toBeGreaterThan(10e6);
  expect(heap.size()).toBe(before);
}

describe('the heap of the runtime does not grow', { timeout: 60_000 }, () => {
  it('with models that are loaded and unloaded', async () => {
    const bytes = await readFile(new URL('../../../models/language-id-small.onnx', import.meta.url));
    await expectFlat(300, async () => {
      const { session } = await watchedSession(bytes);
      const chars: Tensors = { chars: { type: 'int32', dims: [1, 3], data: Int32Array.of(7, 8, 9) } };
      await session.run([chars]);
      await session.release();
    });
  });

  it('with models that cannot be loaded', async () => {
    const bytes = await readFile(new URL('../../../models/language-id-small.onnx', import.meta.url));
    const cut = bytes.subarray(0, -100);
    await expectFlat(300, () => expect(watchedSession(cut)).rejects.toMatchObject({ code: 'MODEL_INVALID' }));
    await expectFlat(300, () =>
      expect(watchedSession(sequenceModel())).rejects.toMatchObject({ code: 'MODEL_INVALID' }),
    );
  });

  it('with external data', async () => {
    const { bytes, externalData } = externalDataModel();
    const padded = externalData!.map(({ path, data }) => {
      const larger = new Uint8Array(200_000);
      larger.set(data);
      return { path, data: larger };
    });
    await expectFlat(300, async () => {
      const { session } = await watchedSession(bytes, { externalData: padded });
      await session.release();
    });
  });

  it('with runs that succeed and runs that fail', async () => {
    const { session } = await watchedSession(lookupModel());
    const indices = (value: bigint): Tensors => ({
      x: { type: 'int64', dims: [50_000], data: new BigInt64Array(50_000).fill(value) },
    });
    await expectFlat(200, () => session.run([indices(2n)]));
    await expectFlat(200, () =>
      expect(session.run([indices(9n)])).rejects.toMatchObject({ code: 'INPUT_REJECTED' }),
    );
    await session.release();
  });

  it('with strings', async () => {
    const { session } = await watchedSession(identityModel('string'));
    const data = Array.from(
      { length: 2_000 },
      (_, at) => `text ${at}, too long to be kept in place by a string`,
    );
    await expectFlat(200, () => session.run([{ x: { type: 'string', dims: [2_000], data } }]));
    await session.release();
  });

  it('with 20,000 items', async () => {
    const { session } = await watchedSession(scaleModel(2));
    const batch = Array.from(
      { length: 100 },
      (_, at): Tensors => ({
        x: { type: 'float32', dims: [1_000], data: new Float32Array(1_000).fill(at) },
      }),
    );
    await expectFlat(200, () => session.run(batch));
    await session.release();
  });
});
