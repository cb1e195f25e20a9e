import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine, Tensors } from '@predcache/core';
import { buildGateway } from '@predcache/gateway';
import { onnxNode } from '@predcache/onnx/node';
import { openInference } from '@predcache/remote';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitsOf } from '../../../packages/remote/test/support/arbitraryTensors.js';
import { RecordingEngine } from './support/recordingEngine.js';
import { testGateway } from './support/testGateway.js';

const models = fileURLToPath(new URL('../../../models', import.meta.url));
const model = { name: 'language-id-small', version: '1' };

function text(...chars: readonly number[]): Tensors {
  return { chars: { type: 'int32', dims: [1, chars.length], data: Int32Array.from(chars) } };
}

describe('the shipped model, asked over HTTP by the client', () => {
  const recording = new RecordingEngine();
  const gateway = testGateway({ models, engine: recording });
  let json: Engine;
  let binary: Engine;

  beforeAll(() => {
    json = openInference({ baseUrl: `${gateway.url}/v2` });
    binary = openInference({ baseUrl: `${gateway.url}/v2`, format: 'binary', version: '1' });
  });
  afterAll(() => Promise.all([json.dispose(), binary.dispose()]));

  async function answer(engine: Engine, input: Tensors): Promise<Tensors> {
    return (await engine.run([input], { model })).outputs[0] as Tensors;
  }

  it('is ready', async () => {
    await json.load({ model });
    await binary.load({ model });
  });

  it('gives the same bits as JSON, in binary, and without HTTP', async () => {
    const direct = onnxNode();
    const url = path.join(models, 'language-id-small.onnx');
    for (const input of [
      text(7, 8, 9),
      text(...Array.from({ length: 200 }, (_, index) => 1 + (index % 30))),
    ]) {
      const { outputs } = await direct.run([input], { model: { ...model, url } });
      const expected = bitsOf(outputs[0] as Tensors);
      expect(bitsOf(await answer(json, input))).toEqual(expected);
      expect(bitsOf(await answer(binary, input))).toEqual(expected);
    }
    await direct.dispose();
  });

  it('gives probabilities', async () => {
    const { probabilities } = await answer(json, text(3, 4, 5, 6));
    const sum = [...(probabilities!.data as Float32Array)].reduce((total, share) => total + share, 0);
    expect(sum).toBeCloseTo(1, 4);
  });

  it('runs identical requests once, whether they come together or later, in whatever form', async () => {
    const input = text(20, 21, 22, 23, 24);
    const before = recording.inputs;
    const together = await Promise.all(
      Array.from({ length: 50 }, (_, index) => answer(index % 2 === 0 ? json : binary, input)),
    );
    expect(new Set(together.map((output) => JSON.stringify(bitsOf(output)))).size).toBe(1);
    await answer(json, input);
    expect(recording.inputs - before).toBe(1);
  });

  it.each(['json', 'binary'] as const)(
    'refuses 50 MB with 413, which the client understands: %s',
    async (format) => {
      const engine = openInference({ baseUrl: gateway.url, format, timeout: 60_000 });
      const data = new Int32Array(12_500_000).fill(1000);
      const input = { chars: { type: 'int32', dims: [1, data.length], data } } as const;
      await expect(engine.run([input], { model })).rejects.toMatchObject({
        code: 'REMOTE_STATUS',
        details: { status: 413 },
      });
      await answer(engine, text(3, 4));
      await engine.dispose();
    },
    60_000,
  );

  it('tells the client what was wrong with its input', async () => {
    const wrong = { chars: { type: 'int64', dims: [1, 1], data: BigInt64Array.of(1n) } } as const;
    await expect(json.run([wrong], { model })).rejects.toMatchObject({
      code: 'REMOTE_STATUS',
      details: { status: 400, message: "Input 'chars' is INT64, expected INT32" },
    });
  });
});

it('closing the gateway lets go of the engine', async () => {
  const engine = new RecordingEngine();
  const app = await buildGateway({ models, engine });
  await app.close();
  expect(engine.isDisposed).toBe(true);
});
