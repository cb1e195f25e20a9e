import type { Tensor } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { forPosting } from '../src/page/posting.js';
import { requireTensors } from '../src/session/tensors.js';

const tensor = (data: Float32Array): Tensor => ({ type: 'float32', dims: [data.length], data });

describe('forPosting', () => {
  it('leaves whole arrays as they are, for cloning copies them', () => {
    const x = tensor(Float32Array.of(1, 2));
    expect(forPosting({ x }).x!.data).toBe(x.data);
  });

  it('cuts parts out of larger buffers, since cloning would send all of it', () => {
    const x = tensor(new Float32Array(1_000).fill(3).subarray(10, 12));
    const { data } = forPosting({ x }).x!;
    expect(data).toEqual(Float32Array.of(3, 3));
    expect((data as Float32Array).buffer.byteLength).toBe(8);
  });

  it('copies shared memory, which cloning would go on sharing', () => {
    const shared = new Float32Array(new SharedArrayBuffer(8));
    const { data } = forPosting({ x: tensor(shared) }).x!;
    shared.fill(9);
    expect(data).toEqual(Float32Array.of(0, 0));
    expect((data as Float32Array).buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('passes strings on', () => {
    const x: Tensor = { type: 'string', dims: [1], data: ['a'] };
    expect(forPosting({ x })).toEqual({ x });
  });
});

describe('requireTensors', () => {
  it('gives plain objects without what else hangs on them', () => {
    const x = { ...tensor(Float32Array.of(1)), dispose() {} };
    expect(requireTensors({ x }, 0)).toEqual({ x: tensor(Float32Array.of(1)) });
  });

  it('takes a Float16Array, where the platform has one, as bits', () => {
    class Float16Array extends Uint16Array {
      override get [Symbol.toStringTag](): 'Uint16Array' {
        return 'Float16Array' as 'Uint16Array';
      }
    }
    const data = new Float16Array([0x3c00, 0x7e01]);
    const { x } = requireTensors({ x: { type: 'float16', dims: [2], data } as unknown as Tensor }, 0);
    expect(x).toEqual({ type: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0x7e01) });
  });

  it('keeps a tensor named __proto__ a tensor', () => {
    const payload = JSON.parse('{"__proto__": 1}');
    expect(() => requireTensors(payload, 0)).toThrow(/__proto__/);
  });
});
