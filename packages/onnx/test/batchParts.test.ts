import type { Tensor, Tensors } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { RunCosts } from '../src/session/runCosts.js';
import { sameOutputs } from '../src/session/sameOutputs.js';
import { Turns } from '../src/session/turns.js';
import { vector } from './support/engineModels.js';
import { tensorOf, tensorTypes } from './support/sampleTensors.js';

describe('the costs of runs', () => {
  it('say how many items take a given time, by their size', () => {
    const costs = new RunCosts();
    expect(costs.itemsIn(50, vector(1))).toBe(1);
    costs.note([vector(1, 2), vector(3, 4)], 4);
    expect(costs.itemsIn(50, vector(1))).toBe(50);
    expect(costs.itemsIn(50, vector(1, 2))).toBe(25);
    expect(costs.expected(vector(1, 2, 3))).toBe(3);
    expect(costs.itemsIn(50, vector(...new Array<number>(100).fill(1)))).toBe(1);
  });

  it('forget a first run that took long', () => {
    const costs = new RunCosts();
    costs.note([vector(1)], 400);
    for (let run = 0; run < 10; run++) costs.note([vector(1)], 1);
    expect(costs.itemsIn(50, vector(1))).toBeGreaterThan(30);
  });

  it('make no sense of nothing, and do not mind', () => {
    const costs = new RunCosts();
    costs.note([vector()], 0);
    expect(costs.itemsIn(50, vector())).toBeGreaterThanOrEqual(1);
  });
});

describe('turns', () => {
  it('end where the next run would be beyond 50 ms, never before the first, and heed aborts then', async () => {
    const now = vi.spyOn(performance, 'now');
    const controller = new AbortController();
    controller.abort('left');
    const turns = new Turns(controller.signal);
    now.mockReturnValue(1_000);
    await turns.beforeRun(400);
    now.mockReturnValue(1_020);
    await turns.beforeRun(20);
    now.mockReturnValue(1_040);
    await expect(turns.beforeRun(20)).rejects.toBe('left');
    now.mockRestore();
  });
});

describe('whether outputs are the same', () => {
  const outputs = (tensor: Tensor): Tensors => ({ y: tensor });
  const floats = (...data: number[]): Tensors => vector(...data);

  it.each(tensorTypes)('to the bit: %s', (type) => {
    const tensor = tensorOf(type);
    const copy = { ...tensor, data: tensor.data.slice() } as Tensor;
    expect(sameOutputs(outputs(tensor), outputs(copy), true)).toBe(true);
    expect(sameOutputs(outputs(tensor), outputs(copy), false)).toBe(true);
    const changed = tensor.data.slice() as Float32Array;
    [changed[1], changed[2]] = [changed[2]!, changed[1]!];
    const other = { ...tensor, data: changed } as unknown as Tensor;
    const differs = String(changed[1]) !== String(changed[2]);
    expect(sameOutputs(outputs(tensor), outputs(other), true)).toBe(!differs);
    expect(sameOutputs(outputs(tensor), outputs(other), false)).toBe(!differs);
  });

  it('or nearly so, where that is allowed', () => {
    const near = [floats(1, 1e-7, 1_000), floats(1 + 4e-7, 0, 1_000.01)] as const;
    expect(sameOutputs(...near, false)).toBe(true);
    expect(sameOutputs(...near, true)).toBe(false);
    expect(sameOutputs(floats(1), floats(1.01), false)).toBe(false);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(sameOutputs(floats(odd), floats(1), false)).toBe(false);
      expect(sameOutputs(floats(1), floats(odd), false)).toBe(false);
      expect(sameOutputs(floats(odd), floats(odd), false)).toBe(true);
    }
    expect(sameOutputs(floats(0), floats(-0), true)).toBe(false);
  });

  it('and in shape', () => {
    const flat: Tensor = { type: 'float32', dims: [4], data: new Float32Array(4) };
    expect(sameOutputs(outputs(flat), outputs({ ...flat, dims: [2, 2] }), false)).toBe(false);
    expect(sameOutputs(outputs(flat), {}, false)).toBe(false);
  });
});
