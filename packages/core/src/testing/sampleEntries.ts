import type { Entry } from '../entry.js';
import { entrySize } from '../entrySize.js';
import type { Payload } from '../payload.js';
import type { Tensors } from '../tensor.js';

/** 64 hexadecimal digits that stand for a number. */
export function sampleKey(number: number): string {
  return number.toString(16).padStart(64, '0');
}

/** An entry as the pipeline would make it. */
export function sampleEntry(number: number, changes: Partial<Entry> = {}): Entry {
  const outputs: Payload = changes.outputs ?? {
    probabilities: { type: 'float32', dims: [1, 3], data: Float32Array.of(number, 0.5, 0.25) },
  };
  return {
    key: sampleKey(number),
    model: 'a'.repeat(64),
    outputs,
    createdAt: 1_700_000_000_000 + number,
    cost: 12.5,
    size: entrySize(outputs, []),
    tags: [],
    computedBy: 'on_device',
    backend: 'wasm',
    ...changes,
  };
}

/** Every tensor type, with the values that get lost most easily. */
export const tensorsOfEveryType: Tensors = {
  float32: {
    type: 'float32',
    dims: [2, 2],
    data: Float32Array.of(-0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45),
  },
  float64: {
    type: 'float64',
    dims: [2],
    data: new Float64Array(BigUint64Array.of(0x7ff8_0000_0000_0001n, 1n).buffer),
  },
  float16: { type: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0x7e01) },
  int8: { type: 'int8', dims: [2], data: Int8Array.of(-128, 127) },
  uint8: { type: 'uint8', dims: [1], data: Uint8Array.of(255) },
  int16: { type: 'int16', dims: [1], data: Int16Array.of(-32768) },
  uint16: { type: 'uint16', dims: [1], data: Uint16Array.of(65535) },
  int32: { type: 'int32', dims: [1], data: Int32Array.of(-(2 ** 31)) },
  uint32: { type: 'uint32', dims: [1], data: Uint32Array.of(2 ** 32 - 1) },
  int64: { type: 'int64', dims: [1], data: BigInt64Array.of(-(2n ** 63n)) },
  uint64: { type: 'uint64', dims: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
  bool: { type: 'bool', dims: [2], data: Uint8Array.of(1, 0) },
  string: { type: 'string', dims: [3], data: ['', 'é\u0000', '𝄞'] },
  empty: { type: 'float32', dims: [0, 4], data: new Float32Array(0) },
};

/** A payload as text in which every bit shows: `toEqual` takes all NaN for one. */
export function bitsOf(payload: unknown): string {
  return JSON.stringify(payload, (_name, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name} ${[...bytes].join(' ')}`;
  });
}
