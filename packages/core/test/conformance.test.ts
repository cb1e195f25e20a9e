import { fromFunction, memory, type Tensors } from '@predcache/core';
import { engineConformance, tierConformance } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';

const test = { describe, expect, it };

tierConformance({ name: 'memory', create: (bounds) => memory(bounds), test });

engineConformance({
  name: 'fromFunction',
  create: () =>
    fromFunction(async ({ x }: Tensors) => {
      if (x?.type !== 'float32') throw new TypeError('x must be float32');
      return { y: { type: 'float32', dims: x.dims, data: x.data.map((value) => value * 2) } };
    }),
  model: { name: 'double', version: '1' },
  inputs: [1, 2, 3].map((value) => ({ x: { type: 'float32', dims: [1], data: Float32Array.of(value) } })),
  badInput: { x: { type: 'int8', dims: [1], data: Int8Array.of(1) } },
  test,
});
