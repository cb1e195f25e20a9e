import { keyOf, type Tensor, type Tensors, type TensorType } from '@predcache/core';
import type { TestRunner } from '@predcache/core/testing';
import { ByteWriter } from '../../src/keys/byteWriter.js';
import { writeCanonicalInput, writeRawInput, writeVariation } from '../../src/keys/canonicalBytes.js';
import { Keyer } from '../../src/keys/keyer.js';
import { type VectorTensor, keyVectors as vectors } from '../support/keyVectors.js';
import { toArray } from '../support/typedArrays.js';

/** The fixed vectors, in whatever runtime this is called: keys must be the same in all of them. */
export function keyVectorSuite({ describe, it, expect }: TestRunner): void {
  describe('key vectors', () => {
    for (const vector of vectors) {
      it(`match the fixed vector: ${vector.name}`, async () => {
        const writer = new ByteWriter(1);
        const { variation } = vector;
        const keyer = new Keyer({ model: vector.model, maxInputSize: 1e6 });
        if (variation !== undefined) writeVariation(writer, variation);
        if (vector.raw !== undefined) {
          const bytes = fromHex(vector.raw.hex);
          writeRawInput(writer, bytes, vector.raw.encodeVersion);
          const { encodeVersion } = vector.raw;
          expect(await keyer.keyOfBytes(bytes, encodeVersion, variation)).toBe(vector.key);
          expect(keyer.keyOfBytesNow(bytes, encodeVersion, 1e6, variation)).toBe(vector.key);
        } else {
          const input = vector.tensors === undefined ? vector.json : tensorsOf(vector.tensors);
          writeCanonicalInput(writer, input);
          expect(await keyer.keyOf(input, variation).key).toBe(vector.key);
          expect(keyer.keyNow(input, 1e6, variation)).toBe(vector.key);
          if (variation === undefined) expect(await keyOf(vector.model, input)).toBe(vector.key);
        }
        expect(toHex(writer.written)).toBe(vector.canonical);
      });
    }

    it('are all different for different vectors', () => {
      expect(new Set(vectors.map(({ key }) => key)).size).toBe(vectors.length);
    });
  });
}

function tensorsOf(listed: readonly VectorTensor[]): Tensors {
  return Object.fromEntries(
    listed.map(({ name, type, dims, strings, hex }) => {
      const data = strings ?? toArray(type as TensorType, fromHex(hex ?? ''));
      return [name, { type, dims, data } as Tensor];
    }),
  );
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
