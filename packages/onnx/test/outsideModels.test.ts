import { createHash } from 'node:crypto';
import type { Tensors } from '@predcache/core';
import { bitsOf, engineConformance } from '@predcache/core/testing';
import { onnxNode } from '@predcache/onnx/node';
import { describe, expect, it } from 'vitest';
import { modelAt } from './support/engineModels.js';
import { externalDataModel, type OutsideModel, outsideModels } from './support/outsideModels.js';
import { watchedSession } from './support/sessions.js';

const models = outsideModels.map((make) => make());
const withExternal = [...models, externalDataModel()];
const dataUrl = (bytes: Uint8Array) =>
  `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;

for (const runtime of ['web', 'native'] as const) {
  for (const { name, bytes, externalData, inputs, badInput } of withExternal) {
    engineConformance({
      name: `onnxNode({ runtime: '${runtime}' }) with ${name}`,
      // Several threads give other bits together than alone.
      create: () => onnxNode({ runtime, ...(runtime === 'native' ? { batching: false } : {}) }),
      model: {
        ...modelAt(dataUrl(bytes)),
        externalData: externalData?.map(({ path, data }) => ({ path, url: dataUrl(data) })),
      },
      inputs,
      badInput,
      test: { describe, it, expect },
    });
  }
}

async function answers({ bytes, externalData, inputs }: OutsideModel, runtime: 'web' | 'native') {
  const { session } = await watchedSession(bytes, { externalData, runtime });
  const { outputs, backend } = await session.run(inputs);
  await session.release();
  return { outputs, backend };
}

describe('answers', () => {
  it.each(models.map((model) => [model.name, model] as const))(
    'of the two runtimes agree, and each says which it is: %s',
    async (_name, model) => {
      const web = await answers(model, 'web');
      const native = await answers(model, 'native');
      expect([web.backend, native.backend]).toEqual(['wasm', 'cpu']);
      for (const [index, output] of web.outputs.entries())
        expectAbout(output as never, native.outputs[index] as never);
    },
  );

  /** The digit classifier's first answers as they were first computed: a runtime or a model that changes shows here. */
  it('stay what they were', async () => {
    const { outputs } = await answers(models[0]!, 'web');
    const digest = createHash('sha256').update(outputs.map(bitsOf).join('\n')).digest('hex');
    expect(digest).toBe('2abfeb42f702dfe0c6558381c88ba65ebfc99f429e40dd146cb26d212bbdbcd2');
  });
});

describe('a model with external data', () => {
  it.each(['web', 'native'] as const)('finds its weights (%s)', async (runtime) => {
    const model = externalDataModel();
    const { outputs } = await answers(model, runtime);
    const [x, w, b] = [
      model.inputs[0]!.x!.data as Float32Array,
      weights(model, 0, 32),
      weights(model, 128, 4),
    ];
    const expected = Array.from({ length: 4 }, (_, column) =>
      x.reduce((sum, value, row) => sum + value * w[row * 4 + column]!, b[column]!),
    );
    const y = (outputs[0] as Tensors).y!.data as Float32Array;
    for (const [column, value] of expected.entries()) expect(y[column]).toBeCloseTo(value, 5);
  });

  it.each(['web', 'native'] as const)('is refused without them, with a hint (%s)', async (runtime) => {
    await expect(watchedSession(externalDataModel().bytes, { runtime })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      hint: expect.stringContaining('externalData'),
    });
  });

  it('leaves nothing mounted for the next one', async () => {
    const { session } = await watchedSession(externalDataModel().bytes, {
      externalData: externalDataModel().externalData,
    });
    await expect(watchedSession(externalDataModel().bytes)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await session.release();
  });

  it('may be built at the same time as another with a file of the same name', async () => {
    const model = externalDataModel();
    const doubled = model.externalData!.map(({ path, data }) => {
      const floats = new Float32Array(data.slice().buffer).map((value) => value * 2);
      return { path, data: new Uint8Array(floats.buffer) };
    });
    const [one, two] = await Promise.all([
      watchedSession(model.bytes, { externalData: model.externalData }),
      watchedSession(model.bytes, { externalData: doubled }),
    ]);
    const y = async ({ session }: typeof one) =>
      ((await session.run(model.inputs)).outputs[0] as Tensors).y!.data as Float32Array;
    expect(await y(two)).toEqual((await y(one)).map((value) => value * 2));
    await Promise.all([one.session.release(), two.session.release()]);
  });
});

function weights({ externalData }: OutsideModel, offset: number, length: number): Float32Array {
  return new Float32Array(externalData![0]!.data.slice().buffer, offset, length);
}

function expectAbout(
  one: Record<string, { dims: unknown; data: ArrayLike<unknown> }>,
  other: Record<string, { dims: unknown; data: ArrayLike<unknown> }>,
): void {
  expect(Object.keys(other)).toEqual(Object.keys(one));
  for (const [name, { dims, data }] of Object.entries(one)) {
    expect(other[name]!.dims).toEqual(dims);
    for (const [at, value] of Array.from(data).entries()) {
      if (typeof value === 'number') expect(other[name]!.data[at]).toBeCloseTo(value, 5);
      else expect(other[name]!.data[at]).toBe(value);
    }
  }
}
