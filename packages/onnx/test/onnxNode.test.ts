import { onnxNode } from '@predcache/onnx/node';
import { expect, test } from 'vitest';
import { modelAt, vector } from './support/engineModels.js';
import { scaleModel } from './support/testModels.js';

test('runs a model given as data: URL', async () => {
  const engine = onnxNode();
  const url = `data:application/octet-stream;base64,${Buffer.from(scaleModel(3)).toString('base64')}`;
  const { outputs } = await engine.run([vector(1, 2), vector(-4)], { model: modelAt(url) });
  expect(outputs).toEqual([
    { y: { type: 'float32', dims: [2], data: Float32Array.of(3, 6) } },
    { y: { type: 'float32', dims: [1], data: Float32Array.of(-12) } },
  ]);
  await engine.dispose();
});
