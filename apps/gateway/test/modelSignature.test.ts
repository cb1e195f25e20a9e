import { describe, expect, it } from 'vitest';
import { onnxModel } from '../../../packages/onnx/test/support/onnxModel.js';
import { addModel, identityModel, sequenceModel } from '../../../packages/onnx/test/support/testModels.js';
import { mulberry32 } from '../../../packages/remote/test/support/mulberry32.js';
import { readModelSignature } from '../src/onnxFile/modelSignature.js';

describe('readModelSignature', () => {
  it('gives names, datatypes and shapes in the order of the file', () => {
    expect(readModelSignature(addModel())).toEqual({
      inputs: [
        { name: 'a', datatype: 'FP32', shape: [-1, 2] },
        { name: 'b', datatype: 'FP32', shape: [-1, 2] },
      ],
      outputs: [{ name: 'sum', datatype: 'FP32', shape: [-1, 2] }],
    });
  });

  it.each([
    ['float16', 'FP16'],
    ['float64', 'FP64'],
    ['int64', 'INT64'],
    ['uint8', 'UINT8'],
    ['bool', 'BOOL'],
    ['string', 'BYTES'],
  ] as const)('knows %s as %s', (type, datatype) => {
    expect(readModelSignature(identityModel(type)).inputs[0]?.datatype).toBe(datatype);
  });

  it('tells a scalar from a shape that is not said, and leaves weights out of the inputs', () => {
    const signature = readModelSignature(
      onnxModel({
        inputs: [
          { name: 'scalar', type: 'float32', dims: [] },
          { name: 'any', type: 'float32' },
          { name: 'w', type: 'float32', dims: [1] },
          { name: 'large', type: 'float32', dims: [300, 70_000] },
        ],
        outputs: [{ name: 'y', type: 'float32' }],
        nodes: [{ op: 'Sum', inputs: ['scalar', 'any', 'w', 'large'], outputs: ['y'] }],
        initializers: [{ name: 'w', dims: [1], data: Float32Array.of(1) }],
      }),
    );
    expect(signature.inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['scalar', []],
      ['any', undefined],
      ['large', [300, 70_000]],
    ]);
    expect(signature.outputs[0]?.shape).toBeUndefined();
  });

  it('refuses what is no tensor', () => {
    expect(() => readModelSignature(sequenceModel())).toThrow('"y" is no tensor');
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('<!doctype html><title>Not found</title>')],
    ['zeros', new Uint8Array(100)],
    ['ones', new Uint8Array(100).fill(255)],
  ])('refuses %s', (_what, bytes) => {
    expect(() => readModelSignature(bytes)).toThrow(RangeError);
  });

  it('does no worse than refuse a file that is cut short or changed', () => {
    const file = addModel();
    const random = mulberry32(7);
    const read = (bytes: Uint8Array) => {
      try {
        return readModelSignature(bytes).outputs.length;
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        return 0;
      }
    };
    for (let end = 0; end < file.length; end++) read(file.subarray(0, end));
    for (let round = 0; round < 2_000; round++) {
      const changed = file.slice();
      for (let change = 0; change < 3; change++) changed[Math.floor(random() * file.length)] = random() * 256;
      read(changed);
    }
    expect(read(file)).toBe(1);
  });
});
