import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onnxModel } from '../../../../packages/onnx/test/support/onnxModel.js';
import { addModel, identityModel, lookupModel } from '../../../../packages/onnx/test/support/testModels.js';

/** The model that the recorded clients ask for: `output0 = input0 · w`, [N, 16] to [N, 10]. */
function recordedModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'input0', type: 'float32', dims: ['N', 16] }],
    outputs: [{ name: 'output0', type: 'float32', dims: ['N', 10] }],
    nodes: [{ op: 'MatMul', inputs: ['input0', 'w'], outputs: ['output0'] }],
    initializers: [
      { name: 'w', dims: [16, 10], data: Float32Array.from({ length: 160 }, (_, index) => (index % 7) / 8) },
    ],
  });
}

/** `sum = a + b` and `same = a`: two outputs to choose from. */
function twoOutputsModel(): Uint8Array {
  return onnxModel({
    inputs: [
      { name: 'a', type: 'float32', dims: ['N'] },
      { name: 'b', type: 'float32', dims: ['N'] },
    ],
    outputs: [
      { name: 'sum', type: 'float32', dims: ['N'] },
      { name: 'same', type: 'float32', dims: ['N'] },
    ],
    nodes: [
      { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
      { op: 'Identity', inputs: ['a'], outputs: ['same'] },
    ],
  });
}

export const testModels: Readonly<Record<string, () => Uint8Array>> = {
  add: addModel,
  identity: () => identityModel('float32'),
  'identity-int64': () => identityModel('int64'),
  'identity-string': () => identityModel('string'),
  lookup: lookupModel,
  mlp_small: recordedModel,
  'two-outputs': twoOutputsModel,
};

/** A new folder with files in it; `remove` takes it away. */
export function temporaryFolder(files: Readonly<Record<string, Uint8Array | string>>): {
  readonly folder: string;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'predcache-gateway-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A new folder with every test model in it; `two-outputs` has version 7. */
export function testModelsFolder(): ReturnType<typeof temporaryFolder> {
  const models = Object.entries(testModels).map(([name, make]) => [`${name}.onnx`, make()] as const);
  return temporaryFolder({ ...Object.fromEntries(models), 'two-outputs.json': '{"version":7}' });
}
