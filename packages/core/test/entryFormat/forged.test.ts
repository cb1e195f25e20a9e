import { decodeEntry, encodeEntry, type Payload } from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { expect, it } from 'vitest';
import { checksumOf, putUint32 } from '../../src/entryFormat/checksum.js';

const bytesOf = (outputs: Payload) => encodeEntry(sampleEntry(1, { outputs }));
const json = bytesOf(null);
/** Where a sample's outputs begin: right behind the backend `wasm`. */
const outputsAt = json.length - 1;
const tensors = bytesOf({
  a: { type: 'uint16', dims: [2], data: Uint16Array.of(1, 2) },
  b: { type: 'string', dims: [1], data: ['s'] },
});
const nameAt = (name: string) => tensors.indexOf(name.charCodeAt(0), outputsAt + 4);

/** With a lifetime alone: a byte that says so, then 8 for the time, then the outputs. */
const fresh = encodeEntry(sampleEntry(1, { outputs: null, freshness: { ttl: 1 } }));
const freshnessAt = fresh.length - 10;

/** Bytes with some replaced from a place on, and with the right length and checksum. */
function forged(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const changed = new Uint8Array(Math.max(bytes.length, at + values.length));
  changed.set(bytes);
  changed.set(values, at);
  putUint32(changed, 8, changed.length);
  putUint32(changed, 4, checksumOf(changed));
  return changed;
}

const cbor = (...values: readonly number[]) => forged(json, outputsAt, ...values);
const text = (value: string) => [0x60 + value.length, ...new TextEncoder().encode(value)];
const nan = [0, 0, 0, 0, 0, 0, 0xf8, 0x7f];
const minusOne = [0, 0, 0, 0, 0, 0, 0xf0, 0xbf];

it('a forged entry is an entry where what was changed makes sense', () => {
  expect(decodeEntry(cbor(0x82, 0x01, 0xf5))).toMatchObject({ kind: 'entry', entry: { outputs: [1, true] } });
  const renamed = decodeEntry(forged(tensors, nameAt('a'), 'c'.charCodeAt(0)));
  expect(renamed).toMatchObject({ kind: 'entry', entry: { outputs: { c: { type: 'uint16' } } } });
});

it.each<[string, Uint8Array]>([
  ['bytes behind the outputs', forged(json, json.length, 0xf6)],
  ['no outputs', forged(json.subarray(0, outputsAt), 0, 1)],
  ['unknown flags', forged(json, 3, 64 + json[3]!)],
  ['a freshness that is not there', forged(json, 3, 32 + json[3]!)],
  ['a freshness without members', forged(fresh, freshnessAt, 0)],
  ['unknown members of a freshness', forged(fresh, freshnessAt, 17)],
  ['a lifetime of NaN', forged(fresh, freshnessAt + 1, ...nan)],
  ['a lifetime below 0', forged(fresh, freshnessAt + 1, ...minusOne)],
  ['two places of computing', forged(json, 3, json[3]! | 24)],
  ['createdAt NaN', forged(json, 16, ...nan)],
  ['a negative cost', forged(json, 24, ...minusOne)],
  ['a negative size', forged(json, 32, ...minusOne)],
  ['more tags than bytes', forged(json, 12, 0xff, 0xff, 0xff, 0xff)],
  ['a backend beyond the end', forged(json, outputsAt - 8, 0xff)],
  ['a backend that is no UTF-8', forged(json, outputsAt - 4, 0xff)],
  ['a backend of half a UTF-16 unit', forged(json, outputsAt - 8, 3, 0, 0, 0x80)],
  ['an element of CBOR missing', cbor(0x82, 0x01)],
  ['an array longer than its bytes', cbor(0x9a, 0xff, 0xff, 0xff, 0xff)],
  ['a text longer than its bytes', cbor(0x7a, 0xff, 0xff, 0xff, 0xff)],
  ['CBOR of indefinite length', cbor(0x9f, 0x01, 0xff)],
  ['a CBOR tag', cbor(0xc1, 0x01)],
  ['CBOR undefined', cbor(0xf7)],
  ['a half float', cbor(0xf9, 0x3c, 0x00)],
  ['a member with a number for a name', cbor(0xa1, 0x01, 0x01)],
  ['two members of one name', cbor(0xa2, ...text('n'), 0x01, ...text('n'), 0x02)],
  ['two members __proto__', cbor(0xa2, ...text('__proto__'), 0x01, ...text('__proto__'), 0x02)],
  ['a byte string of odd length', cbor(0x41, 0x00)],
  ['nesting too deep', cbor(...new Array<number>(1001).fill(0x81), 0x01)],
  [
    'JSON that looks like tensors',
    cbor(
      0xa1,
      ...text('x'),
      0xa3,
      ...text('type'),
      ...text('string'),
      ...text('dims'),
      0x80,
      ...text('data'),
      0x80,
    ),
  ],
  ['no tensors', forged(tensors, outputsAt, 0, 0, 0, 0)],
  ['more tensors than bytes', forged(tensors, outputsAt, 0xff, 0xff, 0xff, 0xff)],
  ['two tensors of one name', forged(tensors, nameAt('b'), 'a'.charCodeAt(0))],
  ['a tensor of unknown type', forged(tensors, nameAt('a') + 1, 14)],
  ['more dims than bytes', forged(tensors, nameAt('a') + 2, 0xff, 0xff, 0xff)],
  ['dims that do not fit', forged(tensors, nameAt('a') + 6, 3)],
  ['a dim beyond 2^53', forged(tensors, nameAt('a') + 6, 0, 0, 0, 0, 0, 0, 0xff, 0xff)],
  ['half an element', forged(tensors, nameAt('a') + 14, 3)],
  ['data beyond the end', forged(tensors, nameAt('a') + 14, 0, 0, 0xff)],
  ['more strings than bytes', forged(tensors, nameAt('b') + 14, 0xff, 0xff, 0xff, 0xff)],
])('a forged entry is damaged by %s', (_what, bytes) => {
  expect(decodeEntry(bytes)).toEqual({ kind: 'damaged' });
  expect(decodeEntry(bytes, { share: true })).toEqual({ kind: 'damaged' });
});
