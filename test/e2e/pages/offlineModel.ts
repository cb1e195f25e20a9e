import type { Availability, Tensors } from '@predcache/core';
import { deleteModelFiles, modelFiles, onnx } from '@predcache/onnx';

const engine = onnx({
  worker: () => new Worker(new URL('./offlineModel.worker.ts', import.meta.url), { type: 'module' }),
});

function modelWith(integrity: string | undefined) {
  return { name: 'language-id', version: '1', url: 'language-id-small.onnx', integrity };
}

const offered = {
  availability: (integrity?: string): Promise<Availability> =>
    engine.availability({ model: modelWith(integrity) }),
  async run(integrity?: string): Promise<number[]> {
    const chars = { type: 'int32', dims: [1, 5], data: Int32Array.of(1, 2, 3, 4, 5) } as const;
    const { outputs } = await engine.run([{ chars }], { model: modelWith(integrity) });
    return [...(Object.values(outputs[0] as Tensors)[0]!.data as Float32Array)];
  },
  files: () => modelFiles(),
  deleteFiles: () => deleteModelFiles({ name: 'language-id' }),
};

export type OfflineModelPage = typeof offered;
Object.assign(window, { offlineModelPage: offered });
