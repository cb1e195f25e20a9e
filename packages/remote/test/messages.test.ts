import {
  datatypeOf,
  datatypes,
  decodeInferRequest,
  decodeInferResponse,
  decodeModelMetadata,
  decodeRawRequest,
  decodeServerMetadata,
  encodeInferRequest,
  encodeInferResponse,
  isDatatype,
  tensorTypeOf,
} from '@predcache/remote';
import { describe, expect, it } from 'vitest';
import { allTypes } from './support/arbitraryTensors.js';
import { binaryMessage, bytesOf, textOf } from './support/bytes.js';
import { thrown } from './support/errors.js';

const x = { type: 'int32', dims: [2], data: Int32Array.of(1, 2) } as const;
const wireX = { name: 'x', shape: [2], datatype: 'INT32', data: [1, 2] };

function request(json: unknown, headerLength?: string | number | null) {
  return decodeInferRequest(bytesOf(JSON.stringify(json)), headerLength);
}

function response(json: unknown) {
  return decodeInferResponse(bytesOf(JSON.stringify(json)), undefined);
}

describe('datatypes', () => {
  it('stand for the tensor types, one to one', () => {
    expect(datatypes.map(tensorTypeOf).sort()).toEqual([...allTypes].sort());
    for (const datatype of datatypes) expect(datatypeOf(tensorTypeOf(datatype))).toBe(datatype);
    expect(datatypeOf('toString')).toBeUndefined();
    expect(isDatatype('BF16')).toBe(false);
    expect(isDatatype('constructor')).toBe(false);
  });
});

describe('an infer request', () => {
  it('is written as servers expect it, with nothing they may not know', () => {
    const { headers, body } = encodeInferRequest({ inputs: { x } }, 'json');
    expect(headers).toEqual({ 'Content-Type': 'application/json' });
    expect(textOf(body)).toBe('{"inputs":[{"name":"x","shape":[2],"datatype":"INT32","data":[1,2]}]}');
  });

  it('carries its id, the outputs wanted and their formats', () => {
    const outputs = [{ name: 'a', format: 'binary' }, { name: 'b', format: 'json' }, { name: 'c' }] as const;
    const { body } = encodeInferRequest({ id: '7"', inputs: { x }, outputs, outputFormat: 'binary' }, 'json');
    expect(decodeInferRequest(body, undefined)).toEqual({
      id: '7"',
      inputs: { x },
      outputs,
      outputFormat: 'binary',
    });
  });

  it('is read with any id, with null where something is left out, and with a prototype for a name', () => {
    expect(request({ id: 7, inputs: [wireX] }).id).toBe('7');
    expect(request({ id: null, parameters: null, outputs: null, inputs: [wireX] }).outputs).toBeUndefined();
    expect(request({ outputs: [], inputs: [wireX] }).outputs).toBeUndefined();
    const { inputs } = decodeInferRequest(
      bytesOf('{"inputs":[{"name":"__proto__","shape":[1],"datatype":"INT8","data":[1]}]}'),
      undefined,
    );
    expect(Object.keys(inputs)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(inputs)).toBe(Object.prototype);
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['null', 'null'],
    ['an array', '[]'],
    ['a number', '5'],
    ['a thousand levels', '['.repeat(100_000)],
    [
      'a thousand levels with a long integer',
      `${'['.repeat(100_000)}[9007199254740993]${']'.repeat(100_000)}`,
    ],
  ])('is refused when it is %s', (_what, text) => {
    thrown(() => decodeInferRequest(bytesOf(text), undefined));
  });

  it('is refused when it is no UTF-8', () => {
    expect(thrown(() => decodeInferRequest(Uint8Array.of(0x7b, 0xff, 0x7d), undefined)).message).toContain(
      'UTF-8',
    );
  });

  it.each([
    ['no inputs', {}],
    ['empty inputs', { inputs: [] }],
    ['inputs that are no array', { inputs: { x: wireX } }],
    ['an input that is null', { inputs: [null] }],
    ['an input without a name', { inputs: [{ ...wireX, name: undefined }] }],
    ['an unknown datatype', { inputs: [{ ...wireX, datatype: 'FP31' }] }],
    ['a datatype of the prototype', { inputs: [{ ...wireX, datatype: 'toString' }] }],
    ['two inputs of one name', { inputs: [wireX, wireX] }],
    ['parameters that are no object', { inputs: [{ ...wireX, parameters: 5 }] }],
    ['both data and bytes', { inputs: [{ ...wireX, parameters: { binary_data_size: 8 } }] }],
    ['outputs that are no array', { inputs: [wireX], outputs: 'y' }],
    ['an output without a name', { inputs: [wireX], outputs: [{}] }],
    ['an output that is null', { inputs: [wireX], outputs: [null] }],
    ['an output asked for twice', { inputs: [wireX], outputs: [{ name: 'y' }, { name: 'y' }] }],
    [
      'a binary_data that is neither true nor false',
      { inputs: [wireX], outputs: [{ name: 'y', parameters: { binary_data: 1 } }] },
    ],
    ['a binary_data_output that is neither', { inputs: [wireX], parameters: { binary_data_output: 'yes' } }],
    ['an id that is an object', { inputs: [wireX], id: {} }],
  ])('is refused with %s', (_what, json) => {
    thrown(() => request(json));
  });

  it.each(['-1', '1e1', ' ', 'abc', '99999', '9999999999999999999999', '5, 5', '0x5'])(
    'is refused with a header length of "%s"',
    (length) => {
      expect(thrown(() => request({ inputs: [wireX] }, length)).message).toContain(
        'Inference-Header-Content-Length',
      );
    },
  );

  it('is refused when bytes are announced and their header is missing, with the reason browsers have', () => {
    const input = { name: 'x', shape: [1], datatype: 'INT8', parameters: { binary_data_size: 1 } };
    const { body } = binaryMessage({ inputs: [input] });
    expect(thrown(() => decodeInferRequest(body, undefined)).hint).toContain('Access-Control-Expose-Headers');
  });
});

describe('an infer response', () => {
  it('is written with what is known', () => {
    const { body } = encodeInferResponse({ outputs: { x } }, () => 'json');
    expect(textOf(body)).toBe('{"outputs":[{"name":"x","shape":[2],"datatype":"INT32","data":[1,2]}]}');
    const named = encodeInferResponse(
      { modelName: 'm', modelVersion: '1', id: '', outputs: { x } },
      () => 'json',
    );
    expect(JSON.parse(textOf(named.body))).toEqual({
      model_name: 'm',
      model_version: '1',
      id: '',
      outputs: [wireX],
    });
  });

  it('is read without a model name, with a version that is a number, and with parameters it does not know', () => {
    expect(
      response({ outputs: [{ ...wireX, parameters: { content_type: 'np' } }], parameters: {} }),
    ).toMatchObject({
      modelName: undefined,
      outputs: { x },
    });
    expect(response({ model_version: 3, outputs: [wireX] }).modelVersion).toBe('3');
  });

  it('is refused without outputs, and says so when it is an error', () => {
    expect(thrown(() => response({ model_name: 'm' })).message).toContain('missing');
    expect(thrown(() => response({ error: 'out of memory' })).message).toContain('out of memory');
  });
});

describe('metadata', () => {
  it('of a server is read, also when it says little', () => {
    expect(decodeServerMetadata(bytesOf('{"name":"s"}'))).toEqual({ name: 's', version: '', extensions: [] });
    thrown(() => decodeServerMetadata(bytesOf('{}')));
    thrown(() => decodeServerMetadata(bytesOf('{"name":"s","extensions":"all"}')));
  });

  it('of a model is read, also when it says little', () => {
    expect(decodeModelMetadata(bytesOf('{"name":"m"}'))).toEqual({
      name: 'm',
      versions: [],
      platform: '',
      inputs: [],
      outputs: [],
    });
  });

  it.each([
    [{ name: 'x', datatype: 'FP31', shape: [1] }],
    [{ name: 'x', datatype: 'FP32', shape: [-2] }],
    [{ name: 'x', datatype: 'FP32' }],
    [{ datatype: 'FP32', shape: [1] }],
    [null],
  ])('of a model is refused with the tensor %j', (tensor) => {
    thrown(() => decodeModelMetadata(bytesOf(JSON.stringify({ name: 'm', inputs: [tensor] }))));
  });
});

describe('a raw request', () => {
  const raw = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);

  it('takes its shape from the model and the number of bytes', () => {
    const input = { name: 'x', datatype: 'FP32', shape: [-1, 3] } as const;
    expect(decodeRawRequest(raw, [input]).x).toEqual({
      type: 'float32',
      dims: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(decodeRawRequest(raw, [{ ...input, shape: [6] }]).x?.dims).toEqual([6]);
  });

  it.each([
    [
      'several inputs',
      [
        { name: 'x', datatype: 'FP32', shape: [6] },
        { name: 'y', datatype: 'FP32', shape: [6] },
      ],
    ],
    ['no input', []],
    ['two axes of unknown length', [{ name: 'x', datatype: 'FP32', shape: [-1, -1] }]],
    ['strings', [{ name: 'x', datatype: 'BYTES', shape: [1] }]],
    ['bytes that do not fill the shape', [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }]],
    ['an axis of no length', [{ name: 'x', datatype: 'FP32', shape: [-1, 0] }]],
  ] as const)('is refused for %s', (_what, inputs) => {
    thrown(() => decodeRawRequest(raw, inputs));
  });
});
