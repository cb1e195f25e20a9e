import { keyOf, type Tensor, type Tensors, type TensorType } from '@predcache/core';
import { bitsOf, tensorsOfEveryType } from '@predcache/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keyer } from '../src/keys/keyer.js';
import { keyVectorSuite } from './suites/keyVectors.js';
import { toArray } from './support/typedArrays.js';

const model = { name: 'm', version: '1' };

keyVectorSuite({ describe, expect, it });

describe('keys', () => {
  it('tell any two inputs apart, and meet for equal ones', async () => {
    await fc.assert(
      fc.asyncProperty(tensorsArbitrary, tensorsArbitrary, async (a, b) => {
        const same = bitsOf(inNameOrder(a)) === bitsOf(inNameOrder(b));
        expect((await keyOf(model, a)) === (await keyOf(model, b))).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  it('do not depend on the order of names, on the buffer behind a view, or on where it begins', async () => {
    const { float32, int64 } = tensorsOfEveryType as { float32: Tensor; int64: Tensor };
    expect(await keyOf(model, { float32, int64 })).toBe(await keyOf(model, { int64, float32 }));
    const shared = new Float32Array(new SharedArrayBuffer(32), 8, 4);
    shared.set(float32.data as Float32Array);
    expect(await keyOf(model, { x: { ...float32, data: shared } })).toBe(await keyOf(model, { x: float32 }));
  });

  it('take float16 as its bits from either kind of array', async () => {
    const bits = Uint16Array.of(0x3c00, 0x7e01);
    const key = await keyOf(model, { x: { type: 'float16', dims: [2], data: bits } });
    if (!('Float16Array' in globalThis)) return expect(key).toHaveLength(64);
    const { Float16Array } = globalThis as unknown as {
      Float16Array: new (buffer: ArrayBufferLike) => Uint16Array;
    };
    expect(
      await keyOf(model, { x: { type: 'float16', dims: [2], data: new Float16Array(bits.buffer) } }),
    ).toBe(key);
  });

  it('are the same whether a large input is hashed on the spot or by WebCrypto', async () => {
    const input = { x: { type: 'uint8', dims: [100_000], data: new Uint8Array(100_000).fill(7) } };
    const keyer = new Keyer({ model, maxInputSize: 1e6 });
    const { key } = keyer.keyOf(input);
    expect(key).toBeInstanceOf(Promise);
    // Another key is made before the digest is there: the buffer they share must not be mixed up.
    keyer.keyOf({ x: { type: 'uint8', dims: [1], data: Uint8Array.of(1) } });
    expect(await key).toBe(keyer.keyNow(input, 1e6));
    expect(() => keyer.keyNow(input, 1000)).toThrow(expect.objectContaining({ code: 'INPUT_TOO_LARGE' }));
  });

  it('refuse inputs that are too large, and strings without a UTF-8 form', async () => {
    const keyer = new Keyer({ model, maxInputSize: 1000 });
    expect(() => keyer.keyOf({ x: { type: 'uint8', dims: [1000], data: new Uint8Array(1000) } })).toThrow(
      expect.objectContaining({ code: 'INPUT_TOO_LARGE' }),
    );
    await expect(keyOf(model, { s: { type: 'string', dims: [1], data: ['\ud800'] } })).rejects.toMatchObject({
      code: 'INPUT_TENSOR_INVALID',
    });
    await expect(keyOf(model, undefined)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('need a name and a version of the model, and tell models apart by each of name, version and digest', async () => {
    for (const bad of [{ name: '', version: '1' }, { name: 'm' }, { name: 'm', version: 1 }]) {
      await expect(keyOf(bad as never, 'x')).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    }
    const models = [
      model,
      { ...model, version: '2' },
      { ...model, name: 'n' },
      { ...model, integrity: 'sha256-a' },
    ];
    const keys = await Promise.all(models.map((each) => keyOf(each, 'x')));
    expect(new Set(keys).size).toBe(models.length);
    expect(await keyOf({ ...model, url: '/elsewhere.onnx' }, 'x')).toBe(keys[0]);
  });
});

const types = Object.keys(tensorsOfEveryType).filter((name) => name !== 'empty') as TensorType[];

/** Few bytes, few names and few shapes, so that near misses are frequent. */
const tensorArbitrary: fc.Arbitrary<Tensor> = fc
  .record({
    type: fc.constantFrom(...types),
    bytes: fc.uint8Array({ minLength: 16, maxLength: 16, max: 1 }),
    strings: fc.array(fc.constantFrom('', 'a', 'aa', '\u0000'), { minLength: 2, maxLength: 2 }),
    dims: fc.constantFrom([2], [1, 2], [2, 1], [1, 1, 2]),
  })
  .map(
    ({ type, bytes, strings, dims }) =>
      ({ type, dims, data: type === 'string' ? strings : toArray(type, bytes).slice(0, 2) }) as Tensor,
  );

const tensorsArbitrary: fc.Arbitrary<Tensors> = fc.dictionary(
  fc.constantFrom('a', 'b', 'ab'),
  tensorArbitrary,
  {
    minKeys: 1,
    maxKeys: 2,
  },
);

function inNameOrder(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).sort(([a], [b]) => (a < b ? -1 : 1)));
}
