import type { PredictorEvent, PredictorStats } from '@predcache/core';
import { act, renderHook } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { usePredictorEvents, usePredictorStats } from '../src/index.js';
import { Frames } from './support/frames.js';
import { PredictorDouble } from './support/predictorDouble.js';
import { setUpReact } from './support/react.js';

setUpReact();

let frames: Frames;
beforeEach(() => {
  frames = new Frames();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const missOf = (key: string): PredictorEvent => ({ type: 'miss', key });
const storedOf = (key: string): PredictorEvent => ({ type: 'stored', key, tier: 'memory', size: 1 });

function startStats(predictor: PredictorDouble) {
  const renders: PredictorStats[] = [];
  const view = renderHook(
    (current: PredictorDouble) => {
      const stats = usePredictorStats(current);
      renders.push(stats);
      return stats;
    },
    { initialProps: predictor },
  );
  act(() => frames.next());
  renders.length = 0;
  return { ...view, renders };
}

test('stats are there in the first render', () => {
  const predictor = new PredictorDouble();
  predictor.counts = { requests: 3 };
  const { result } = renderHook(() => usePredictorStats(predictor));
  expect(result.current.requests).toBe(3);
});

test('a thousand events between two frames are one render with the newest counts', () => {
  const predictor = new PredictorDouble();
  const { result, renders } = startStats(predictor);
  for (let requests = 1; requests <= 1000; requests++) {
    predictor.counts = { requests };
    act(() => predictor.report(missOf('k')));
  }
  expect(renders).toEqual([]);
  expect(frames.pending).toBe(1);
  act(() => frames.next());
  expect(renders).toHaveLength(1);
  expect(result.current.requests).toBe(1000);
});

test('the snapshot keeps its identity through renders, and no frame is asked for while nothing happens', () => {
  const predictor = new PredictorDouble();
  const { result, rerender } = startStats(predictor);
  const first = result.current;
  const reads = predictor.statsCalls;
  rerender(predictor);
  expect(result.current).toBe(first);
  expect(predictor.statsCalls).toBe(reads);
  expect(frames.pending).toBe(0);
});

test('what happened between the first render and the subscription is not lost', () => {
  const predictor = new PredictorDouble();
  const { result } = renderHook(() => {
    const stats = usePredictorStats(predictor);
    predictor.counts = { requests: 1 };
    return stats;
  });
  expect(result.current.requests).toBe(0);
  act(() => frames.next());
  expect(result.current.requests).toBe(1);
});

test('an unmount ends the subscription and cancels the frame', () => {
  const predictor = new PredictorDouble();
  const { unmount } = startStats(predictor);
  act(() => predictor.report(missOf('k')));
  expect(frames.pending).toBe(1);
  unmount();
  expect(predictor.subscriptions).toBe(0);
  expect(frames.pending).toBe(0);
});

test('another predictor is listened to in place of the first one', () => {
  const predictor = new PredictorDouble();
  const other = new PredictorDouble();
  other.counts = { requests: 9 };
  const { result, rerender } = startStats(predictor);
  rerender(other);
  expect(result.current.requests).toBe(9);
  expect([predictor.subscriptions, other.subscriptions]).toEqual([0, 1]);
});

test('StrictMode leaves one subscription', () => {
  const predictor = new PredictorDouble();
  const { result } = renderHook(() => usePredictorStats(predictor), { wrapper: StrictMode });
  expect(predictor.subscriptions).toBe(1);
  predictor.counts = { hits: 2 };
  act(() => predictor.report(missOf('k')));
  act(() => frames.next());
  expect(result.current.hits).toBe(2);
});

test('events come in order, with rising ids, and never more than the limit', () => {
  const predictor = new PredictorDouble();
  const { result } = renderHook(() => usePredictorEvents(predictor, { limit: 3 }));
  expect(result.current).toEqual([]);
  for (let index = 0; index < 20; index++) {
    act(() => predictor.report(missOf(String(index))));
    act(() => frames.next());
    const keys = result.current.map(({ event }) => 'key' in event && event.key);
    expect(keys).toEqual([index - 2, index - 1, index].filter((key) => key >= 0).map((key) => String(key)));
  }
  const [first, second, third] = result.current.map(({ id }) => id);
  expect(second! - first! === 1 && third! - second! === 1).toBe(true);
});

test('only the wanted types are kept, and the others cost no render', () => {
  const predictor = new PredictorDouble();
  let renders = 0;
  const { result } = renderHook(() => {
    renders++;
    return usePredictorEvents(predictor, { types: ['miss', 'computed'] });
  });
  act(() => frames.next());
  const before = renders;
  act(() => predictor.report(storedOf('a')));
  expect(frames.pending).toBe(0);
  act(() => predictor.report(missOf('b')));
  act(() => frames.next());
  expect(renders).toBe(before + 1);
  expect(result.current.map(({ event }) => event)).toEqual([missOf('b')]);
});

test('types written in the call keep the list and its identity through renders', () => {
  const predictor = new PredictorDouble();
  const { result, rerender } = renderHook(() => usePredictorEvents(predictor, { types: ['miss'] }));
  act(() => predictor.report(missOf('a')));
  act(() => frames.next());
  const list = result.current;
  rerender();
  expect(result.current).toBe(list);
  expect(list).toHaveLength(1);
});

test('a limit of 0 keeps nothing', () => {
  const predictor = new PredictorDouble();
  const { result } = renderHook(() => usePredictorEvents(predictor, { limit: 0 }));
  act(() => predictor.report(missOf('a')));
  act(() => frames.next());
  expect(result.current).toEqual([]);
});

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('a limit of %s is refused', (limit) => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
  expect(() => renderHook(() => usePredictorEvents(new PredictorDouble(), { limit }))).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID' }),
  );
  complaints.mockClear();
});
