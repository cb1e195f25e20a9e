import { onnx } from '@predcache/onnx';
import { expect, test } from 'vitest';
import { blobUrl, modelAt, vector } from './support/engineModels.js';
import { scaleModel } from './support/testModels.js';

test('a first run loads the runtime and the model in a worker, and answers', async () => {
  const engine = onnx({
    worker: () => new Worker(new URL('./support/predict.worker.ts', import.meta.url), { type: 'module' }),
  });
  const model = modelAt(blobUrl(scaleModel(3)));
  const { outputs, backend, costs } = await engine.run([vector(1, 2), vector(-4)], { model });
  expect(outputs).toEqual([
    { y: { type: 'float32', dims: [2], data: Float32Array.of(3, 6) } },
    { y: { type: 'float32', dims: [1], data: Float32Array.of(-12) } },
  ]);
  expect(backend).toBe('wasm');
  expect(costs).toHaveLength(2);
  await engine.dispose();
});
