import { createPredictor, fromFunction, type Tensors } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { comparePayloads } from '../../src/comparePayloads.js';

const model = { name: 'm', version: '1' };
const scores = (...values: number[]): Tensors => ({
  y: { type: 'float32', dims: [1, values.length], data: Float32Array.from(values) },
});

async function audited(now: Tensors, tolerance: number) {
  let outputs = scores(0.75, 0.25);
  const predictor = createPredictor<number, Tensors, Tensors>({
    model,
    audit: { rate: 1, tolerance },
    onDevice: fromFunction(() => outputs),
  });
  await predictor.predict(1);
  outputs = now;
  const result = new Promise((resolve) =>
    predictor.subscribe((event) => event.type === 'audited' && resolve(event)),
  );
  await predictor.predict(1);
  return { predictor, event: await result };
}

describe('an audit of a hit', () => {
  it('finds equal bits', async () => {
    const { predictor, event } = await audited(scores(0.75, 0.25), 0);
    expect(event).toMatchObject({ agreement: 'equal', isSameTopClass: true });
    expect(predictor.stats().audits).toEqual({ equal: 1, within_tolerance: 0, different: 0 });
    expect(predictor.peek(1)).toBeDefined();
  });

  it('finds what is within the tolerance', async () => {
    const { predictor, event } = await audited(scores(0.75001, 0.25), 1e-3);
    expect(event).toMatchObject({ agreement: 'within_tolerance', isSameTopClass: true });
    expect(predictor.peek(1)).toBeDefined();
  });

  it('removes what differs, and reports both', async () => {
    const { predictor, event } = await audited(scores(0.25, 0.75), 1e-3);
    expect(event).toMatchObject({
      agreement: 'different',
      isSameTopClass: false,
      stored: scores(0.75, 0.25),
      recomputed: scores(0.25, 0.75),
    });
    expect(predictor.stats().audits.different).toBe(1);
    expect(predictor.peek(1)).toBeUndefined();
  });

  it('passes over what the app gave', async () => {
    let runs = 0;
    const predictor = createPredictor<number, number>({
      model,
      audit: { rate: 1 },
      onDevice: fromFunction(() => ++runs),
    });
    await predictor.put(1, 100);
    for (let call = 0; call < 20; call++) expect((await predictor.predict(1)).output).toBe(100);
    await predictor.predict(2);
    await expect.poll(() => predictor.stats().background.audit + runs).toBeGreaterThanOrEqual(1);
    expect(predictor.peek(1)?.output).toBe(100);
  });

  it.each([{ rate: 2 }, { rate: -1 }, { rate: Number.NaN }, { rate: 0.5, tolerance: -1 }])(
    'refuses %o',
    (audit) => {
      expect(() => createPredictor({ model, audit, onDevice: fromFunction(() => 1) })).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID' }),
      );
    },
  );
});

describe('comparing outputs', () => {
  const half = (...bits: number[]): Tensors => ({
    y: { type: 'float16', dims: [bits.length], data: Uint16Array.from(bits) },
  });
  const longs = (...values: bigint[]): Tensors => ({
    y: { type: 'int64', dims: [values.length], data: BigInt64Array.from(values) },
  });

  it.each([
    ['NaN of the same bits', scores(Number.NaN), scores(Number.NaN), 0, 'equal'],
    ['0 and -0', scores(0), scores(-0), 0, 'within_tolerance'],
    ['halves near each other', half(0x3c00), half(0x3c01), 1e-2, 'within_tolerance'],
    ['halves apart', half(0x3c00), half(0x4000), 1e-2, 'different'],
    ['whole numbers apart', longs(1n), longs(2n), 0.1, 'different'],
    ['equal whole numbers', longs(1n, -5n), longs(1n, -5n), 0, 'equal'],
    ['another length', scores(1), scores(1, 2), 1, 'different'],
    ['JSON near', { a: [1, 'x'] }, { a: [1.0001, 'x'] }, 1e-3, 'within_tolerance'],
    ['JSON with another string', { a: 'x' }, { a: 'y' }, 1, 'different'],
    ['JSON with another member', { a: 1 }, { b: 1 }, 1, 'different'],
    ['an array and an object', [1], { 0: 1 }, 1, 'different'],
    ['tensors and JSON', scores(1), 1, 1, 'different'],
  ])('%s', (_, a, b, tolerance, agreement) => {
    expect(comparePayloads(a as never, b as never, tolerance as number).agreement).toBe(agreement);
    expect(comparePayloads(b as never, a as never, tolerance as number).agreement).toBe(agreement);
  });

  it('looks for the top class row by row', () => {
    const rows = (...values: number[]): Tensors => ({
      y: { type: 'float64', dims: [2, 2], data: Float64Array.from(values) },
    });
    expect(comparePayloads(rows(1, 0, 0, 1), rows(0.9, 0.1, 0.1, 0.9), 0).isSameTopClass).toBe(true);
    expect(comparePayloads(rows(1, 0, 0, 1), rows(1, 0, 1, 0), 0).isSameTopClass).toBe(false);
  });
});
