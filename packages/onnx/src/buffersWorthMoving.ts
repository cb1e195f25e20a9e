import type { Tensors } from '@predcache/core';

/** Bytes from which moving an array costs less than copying it. */
const worthMoving = 64 * 1024;

/** The buffers of tensors that are better moved between page and worker than copied: whole ones, large enough. */
export function buffersWorthMoving(batch: readonly Tensors[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const tensors of batch) {
    for (const { data } of Object.values(tensors)) {
      if (!ArrayBuffer.isView(data) || data.byteLength < worthMoving) continue;
      if (data.buffer instanceof ArrayBuffer && data.buffer.byteLength === data.byteLength)
        buffers.add(data.buffer);
    }
  }
  return [...buffers];
}
