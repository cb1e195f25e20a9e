import type { Tensor, Tensors } from '@predcache/core';

/** Of a value's size, or of 1 where that is larger. Several threads add in another order, and GPUs as they like. */
const tolerance = 1e-4;
/** The same for float16, in steps between neighbouring values. */
const toleratedSteps = 8;

/**
 * Whether two computations gave the same.
 *
 * @param exactly to the bit; else floating-point values may differ a little
 */
export function sameOutputs(one: Tensors, other: Tensors, exactly: boolean): boolean {
  return Object.entries(one).every(([name, tensor]) => {
    const match = other[name];
    if (match === undefined || match.dims.join() !== tensor.dims.join()) return false;
    return exactly ? sameBits(tensor, match) : aboutTheSame(tensor, match);
  });
}

function aboutTheSame(one: Tensor, other: Tensor): boolean {
  const near = nearness[one.type as keyof typeof nearness];
  if (near === undefined) return sameBits(one, other);
  const values = one.data as Float32Array;
  const matches = other.data as Float32Array;
  return values.every((value, index) => near(value, matches[index]!));
}

const nearness = { float32: nearFloats, float64: nearFloats, float16: nearHalves } as const;

function nearFloats(one: number, other: number): boolean {
  if (Object.is(one, other)) return true;
  return Math.abs(one - other) <= tolerance * Math.max(1, Math.abs(one));
}

function nearHalves(one: number, other: number): boolean {
  return Math.abs(inOrder(one) - inOrder(other)) <= toleratedSteps;
}

/** The bits of a float16 as a number that grows with its value. */
function inOrder(bits: number): number {
  return bits & 0x8000 ? -(bits & 0x7fff) : bits;
}

function sameBits({ data: one }: Tensor, { data: other }: Tensor): boolean {
  if (one.length !== other.length) return false;
  if (!ArrayBuffer.isView(one) || !ArrayBuffer.isView(other))
    return (one as readonly string[]).every((value, index) => value === other[index]);
  const matches = bytesOf(other);
  return bytesOf(one).every((value, index) => value === matches[index]);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
