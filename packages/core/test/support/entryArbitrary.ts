import type { Entry, JsonValue, Tensor, Tensors, TensorType } from '@predcache/core';
import { looksLikeTensors } from '@predcache/core';
import { tensorsOfEveryType } from '@predcache/core/testing';
import fc from 'fast-check';
import { toArray } from './typedArrays.js';

/** Any UTF-16, well-formed or not: `string` alone makes no lone surrogates. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom('a', '\u0000', '\ud834', '\udd1e', 'é', '\uffff', '\ufeff'),
    maxLength: 50,
  }),
  fc.constantFrom('__proto__', 'constructor', '0', '-1', 'toString', 'type', 'dims', 'data'),
);

const types = Object.keys(tensorsOfEveryType).filter((name) => name !== 'empty') as TensorType[];
const width = { float16: 2, bool: 1, string: 0 } as Partial<Record<TensorType, number>>;

/** Any bits, not any numbers: NaN with payloads are among them. */
const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.constantFrom(...types), fc.array(fc.nat(3), { maxLength: 4 }))
  .chain(([type, dims]) => {
    const length = dims.reduce((product, dim) => product * dim, 1);
    if (type === 'string') {
      return fc
        .array(text, { minLength: length, maxLength: length })
        .map((data): Tensor => ({ type, dims, data }));
    }
    const bytes = length * (width[type] ?? Number(/\d+/.exec(type)![0]) / 8);
    return fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((data) => ({ type, dims, data: toArray(type, new Uint8Array(data)) }) as Tensor);
  });

const tensors = fc
  .array(fc.tuple(text, tensor), { minLength: 1, maxLength: 4 })
  .map((named): Tensors => withOwnMembers(named));

const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<JsonValue>(null, true, false, -0, 0, 2 ** 32, -(2 ** 32), Number.NaN, 1e300),
    fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
    fc.double(),
    text,
    fc.array(tie('value'), { maxLength: 30 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 6 }).map(withOwnMembers),
  ),
})).value;

export const hexDigest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));

const count = fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e300, noNaN: true }));

const time = fc.oneof(count, fc.constant(Number.POSITIVE_INFINITY));

/** What is never empty: that reads back as none. */
const freshness = fc
  .record({ ttl: time, staleWhileRevalidate: time, staleIfError: time, etag: text }, { requiredKeys: [] })
  .filter((said) => Object.keys(said).length > 0);

/** Entries of every shape that can be stored. */
export const entryArbitrary: fc.Arbitrary<Entry> = fc.record(
  {
    key: fc.oneof(hexDigest, text),
    model: fc.oneof(hexDigest, fc.constant('ab'.repeat(32)), text),
    // JSON that looks like tensors and contradicts itself is no output.
    outputs: fc.oneof(
      tensors,
      json.filter((value) => !looksLikeTensors(value)),
    ),
    createdAt: fc.double({ noNaN: true, noDefaultInfinity: true }),
    cost: count,
    size: count,
    tags: fc.array(text, { maxLength: 4 }),
    computedBy: fc.constantFrom('on_device' as const, 'in_cloud' as const),
    backend: text,
    freshness,
  },
  { requiredKeys: ['key', 'model', 'outputs', 'createdAt', 'cost', 'size', 'tags', 'computedBy', 'backend'] },
);

function withOwnMembers<Value>(members: readonly (readonly [string, Value])[]): Record<string, Value> {
  // Unlike assignment this makes a member of `__proto__` too.
  return Object.fromEntries(members);
}
