import type { Tensors } from '@predcache/core';

/** One input of a batch, and its place there. */
export interface BatchItem {
  readonly index: number;
  readonly tensors: Tensors;
  /** How many rows it has along the first axis; `undefined` for one that can only be computed alone. */
  readonly rows: number | undefined;
}

/**
 * The items that can be put together along their first axis, in order: all other dims are the same. Items whose inputs
 * have no first axis, none in common or an empty one are groups of their own.
 */
export function batchGroups(batch: readonly Tensors[]): BatchItem[][] {
  const groups: BatchItem[][] = [];
  const byShape = new Map<string, BatchItem[]>();
  for (const [index, tensors] of batch.entries()) {
    const rows = rowsOf(tensors);
    const item = { index, tensors, rows };
    const shape = rows === undefined ? undefined : shapeKey(tensors);
    const known = shape === undefined ? undefined : byShape.get(shape);
    if (known !== undefined) {
      known.push(item);
      continue;
    }
    const group = [item];
    groups.push(group);
    if (shape !== undefined) byShape.set(shape, group);
  }
  return groups;
}

function rowsOf(tensors: Tensors): number | undefined {
  let rows: number | undefined;
  for (const { dims } of Object.values(tensors)) {
    const first = dims[0];
    if (first === undefined || first === 0 || (rows !== undefined && rows !== first)) return undefined;
    rows = first;
  }
  return rows;
}

/** Equal for items that differ in nothing but their rows; the names and types have been checked to be the model's. */
function shapeKey(tensors: Tensors): string {
  const names = Object.keys(tensors).sort();
  return names.map((name) => tensors[name]!.dims.slice(1).join()).join(';');
}
