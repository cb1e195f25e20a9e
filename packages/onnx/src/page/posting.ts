import type { Tensor, Tensors } from '@predcache/core';

/** The same tensors, fit to be posted: cloning a part of a buffer would send all of it, and shared memory none. */
export function forPosting(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, compact(tensor)]));
}

function compact(tensor: Tensor): Tensor {
  const { data } = tensor;
  if (!ArrayBuffer.isView(data)) return tensor;
  const isShared = typeof SharedArrayBuffer !== 'undefined' && data.buffer instanceof SharedArrayBuffer;
  if (!isShared && data.byteLength === data.buffer.byteLength) return tensor;
  return { ...tensor, data: data.slice() } as Tensor;
}
