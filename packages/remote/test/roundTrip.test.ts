import {
  decodeInferRequest,
  decodeInferResponse,
  encodeInferRequest,
  encodeInferResponse,
  headerLengthName,
} from '@predcache/remote';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTypes, arbitraryTensors, bitsOf, jsonTypes } from './support/arbitraryTensors.js';

describe('tensors of every type come back as they went', () => {
  for (const format of ['json', 'binary'] as const) {
    const types = format === 'json' ? jsonTypes : allTypes;
    const tensors = arbitraryTensors(types, format === 'json');

    it(`in a request, as ${format}`, () => {
      fc.assert(
        fc.property(tensors, fc.option(fc.string(), { nil: undefined }), (inputs, id) => {
          const { headers, body } = encodeInferRequest({ id, inputs, outputFormat: format }, format);
          const request = decodeInferRequest(body, headers[headerLengthName]);
          expect(bitsOf(request.inputs)).toEqual(bitsOf(inputs));
          expect(request.id).toBe(id);
          expect(request.outputFormat).toBe(format);
          expect(request.outputs).toBeUndefined();
        }),
        { numRuns: 400 },
      );
    });
  }

  it('in a response, each output in its own format', () => {
    const named = arbitraryTensors(jsonTypes, true);
    fc.assert(
      fc.property(named, fc.func(fc.boolean()), (outputs, isBinary) => {
        const { headers, body } = encodeInferResponse(
          { modelName: 'm', modelVersion: '2', outputs },
          (name) => (isBinary(name) ? 'binary' : 'json'),
        );
        const response = decodeInferResponse(body, headers[headerLengthName]);
        expect(bitsOf(response.outputs)).toEqual(bitsOf(outputs));
        expect(response).toMatchObject({ modelName: 'm', modelVersion: '2', id: undefined });
      }),
      { numRuns: 400 },
    );
  });

  it('wherever they begin in the message', () => {
    const inputs = { x: { type: 'float64', dims: [2], data: Float64Array.of(1, -0) } } as const;
    const { headers, body } = encodeInferRequest({ inputs }, 'binary');
    for (const offset of [0, 1, 2, 3, 5, 8]) {
      const moved = new Uint8Array(body.length + offset);
      moved.set(body, offset);
      const request = decodeInferRequest(moved.subarray(offset), headers[headerLengthName]);
      expect(bitsOf(request.inputs)).toEqual(bitsOf(inputs));
    }
  });

  it('and share no memory with the message', () => {
    const inputs = { x: { type: 'uint8', dims: [2], data: Uint8Array.of(1, 2) } } as const;
    const { headers, body } = encodeInferRequest({ inputs }, 'binary');
    const request = decodeInferRequest(body, headers[headerLengthName]);
    body.fill(0);
    expect(request.inputs.x?.data).toEqual(Uint8Array.of(1, 2));
  });
});
