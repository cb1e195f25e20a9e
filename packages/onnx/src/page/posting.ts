import type { Tensor, Tensors } from '@predcache/core';

/** The same tensors, fit to be posted: cloning a part of a buffer would send all of it, and shared memory none. */
export function forPosting(tensors: Tensors): Tensors {
  const all = Object.values(tensors);
  // Nearly always.
  if (all.every(isFit)) return tensors;
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, compact(tensor)]));
}

function compact(tensor: Tensor): Tensor {
  return isFit(tensor) ? tensor : ({ ...tensor, data: tensor.data.slice() } as Tensor);
}

function isFit({ data }: Tensor): boolean {
  if (!ArrayBuffer.isView(data)) return true;
  const isShared = typeof SharedArrayBuffer !== 'undefined' && data.buffer instanceof SharedArrayBuffer;
  return !isShared && data.byteLength === data.buffer.byteLength;
}
