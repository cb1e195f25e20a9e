import type { Tensor, Tensors } from '@predcache/core';

/** Bytes from which moving an array costs less than copying it. */
const worthMoving = 64 * 1024;

/** The same tensors, fit to be posted: cloning a part of a buffer would send all of it, and shared memory none. */
export function forPosting(tensors: Tensors): Tensors {
  const all = Object.values(tensors);
  // Nearly always.
  if (all.every(isFit)) return tensors;
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, compact(tensor)]));
}

/** The buffers of tensors fit to be posted that are better moved than copied. */
export function buffersWorthMoving(batch: readonly Tensors[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const tensors of batch) {
    for (const { data } of Object.values(tensors)) {
      if (!ArrayBuffer.isView(data) || data.byteLength < worthMoving) continue;
      if (data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
    }
  }
  return [...buffers];
}

function compact(tensor: Tensor): Tensor {
  return isFit(tensor) ? tensor : ({ ...tensor, data: tensor.data.slice() } as Tensor);
}

function isFit({ data }: Tensor): boolean {
  if (!ArrayBuffer.isView(data)) return true;
  const isShared = typeof SharedArrayBuffer !== 'undefined' && data.buffer instanceof SharedArrayBuffer;
  return !isShared && data.byteLength === data.buffer.byteLength;
}
