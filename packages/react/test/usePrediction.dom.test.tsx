import { PredcacheError } from '@predcache/core';
import { act, renderHook } from '@testing-library/react';
import { StrictMode } from 'react';
import { expect, test } from 'vitest';
import { type PredictionResult, type UsePredictionOptions, usePrediction } from '../src/index.js';
import { PredictorDouble } from './support/predictorDouble.js';
import { setUpReact } from './support/react.js';

setUpReact();

interface Props extends UsePredictionOptions {
  readonly predictor: PredictorDouble;
  readonly input: string | undefined;
}

function start(initialProps: Props, wrapper?: typeof StrictMode) {
  const renders: PredictionResult<string>[] = [];
  const view = renderHook(
    ({ predictor, input, ...options }: Props) => {
      const result = usePrediction(predictor, input, options);
      renders.push(result);
      return result;
    },
    { initialProps, ...(wrapper === undefined ? {} : { wrapper }) },
  );
  return { ...view, renders };
}

const failure = new PredcacheError({
  code: 'REMOTE_UNREACHABLE',
  what: 'No answer',
  where: 'test',
  hint: 'Wait',
});

test('no input is idle and asks nothing', () => {
  const predictor = new PredictorDouble();
  const { result } = start({ predictor, input: undefined });
  expect(result.current).toMatchObject({ status: 'idle', output: undefined, isPending: false });
  expect(predictor.peeks + predictor.calls.length).toBe(0);
});

test('`enabled: false` is idle and asks nothing, until it is true', () => {
  const predictor = new PredictorDouble();
  const { result, rerender } = start({ predictor, input: 'a', enabled: false });
  expect(result.current.status).toBe('idle');
  expect(predictor.peeks + predictor.calls.length).toBe(0);
  rerender({ predictor, input: 'a', enabled: true });
  expect(result.current.status).toBe('pending');
  expect(predictor.calls).toHaveLength(1);
});

test('a known answer is in the very first render, and nothing is computed', () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('a', 'A');
  const { renders } = start({ predictor, input: 'a' });
  expect(renders).toHaveLength(1);
  expect(renders[0]).toMatchObject({ status: 'success', output: 'A', prediction: { source: 'memory' } });
  expect(predictor.calls).toEqual([]);
});

test('a change to a known input never renders a state between', () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('a', 'A').set('b', 'B');
  const { renders, rerender } = start({ predictor, input: 'a' });
  rerender({ predictor, input: 'b' });
  expect(renders.map((result) => result.output)).toEqual(['A', 'B']);
});

test('memory is read once for each input, however often the component renders', () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('a', 'A');
  const { rerender } = start({ predictor, input: 'a' });
  rerender({ predictor, input: 'a', keepPrevious: true });
  rerender({ predictor, input: 'a' });
  expect(predictor.peeks).toBe(1);
});

test('StrictMode renders twice and reads twice, and answers as without it', () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('a', 'A').set('b', 'B');
  const { rerender, result } = start({ predictor, input: 'a' }, StrictMode);
  expect(result.current.output).toBe('A');
  rerender({ predictor, input: 'b' });
  expect(result.current.output).toBe('B');
  expect(predictor.peeks).toBe(4);
  expect(predictor.calls).toEqual([]);
});

test('an unknown input is pending, then a success', async () => {
  const predictor = new PredictorDouble();
  const { result } = start({ predictor, input: 'a' });
  expect(result.current).toMatchObject({ status: 'pending', isPending: true, output: undefined });
  await act(async () => predictor.calls[0]!.resolve('A'));
  expect(result.current).toMatchObject({
    status: 'success',
    output: 'A',
    isPending: false,
    prediction: { source: 'on_device' },
  });
});

test('an answer stays through renders without being asked for again', async () => {
  const predictor = new PredictorDouble();
  const { result, rerender } = start({ predictor, input: 'a' });
  await act(async () => predictor.calls[0]!.resolve('A'));
  rerender({ predictor, input: 'a', keepPrevious: true });
  expect(result.current).toMatchObject({ status: 'success', prediction: { source: 'on_device' } });
  expect(predictor.calls).toHaveLength(1);
});

test('a change of input aborts the older request', () => {
  const predictor = new PredictorDouble();
  const { rerender } = start({ predictor, input: 'a' });
  rerender({ predictor, input: 'b' });
  expect(predictor.calls.map(({ input, signal }) => [input, signal?.aborted])).toEqual([
    ['a', true],
    ['b', false],
  ]);
});

test('a change to a known input aborts the older request, too', () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('b', 'B');
  const { rerender } = start({ predictor, input: 'a' });
  rerender({ predictor, input: 'b' });
  expect(predictor.calls.map(({ signal }) => signal?.aborted)).toEqual([true]);
});

test('a late answer of an older input never replaces a newer one', async () => {
  const predictor = new PredictorDouble();
  const { result, rerender, renders } = start({ predictor, input: 'a' });
  rerender({ predictor, input: 'b' });
  await act(async () => predictor.calls[1]!.resolve('B'));
  await act(async () => predictor.calls[0]!.resolve('A'));
  expect(result.current.output).toBe('B');
  expect(renders.map((render) => render.output)).not.toContain('A');
});

test('an early answer of an older input is not shown while the newer one is pending', async () => {
  const predictor = new PredictorDouble();
  const { result, rerender } = start({ predictor, input: 'a', keepPrevious: true });
  rerender({ predictor, input: 'b', keepPrevious: true });
  await act(async () => predictor.calls[0]!.resolve('A'));
  expect(result.current).toMatchObject({ status: 'pending', output: undefined, isPrevious: false });
});

test('an unmount aborts, and what comes later changes nothing', async () => {
  const predictor = new PredictorDouble();
  const { unmount, renders } = start({ predictor, input: 'a' });
  unmount();
  expect(predictor.calls[0]!.signal?.aborted).toBe(true);
  await act(async () => predictor.calls[0]!.resolve('A'));
  expect(renders).toHaveLength(1);
});

test('StrictMode: the request of the mount that never was is aborted, the other one answers', async () => {
  const predictor = new PredictorDouble();
  const { result } = start({ predictor, input: 'a' }, StrictMode);
  expect(predictor.calls.map(({ signal }) => signal?.aborted)).toEqual([true, false]);
  await act(async () => predictor.calls[0]!.reject(predictor.calls[0]!.signal!.reason));
  expect(result.current.status).toBe('pending');
  await act(async () => predictor.calls[1]!.resolve('A'));
  expect(result.current.output).toBe('A');
});

test('an error is given as it is, and `retry` asks again', async () => {
  const predictor = new PredictorDouble();
  const { result } = start({ predictor, input: 'a' });
  await act(async () => predictor.calls[0]!.reject(failure));
  expect(result.current).toMatchObject({ status: 'error', output: undefined, isPending: false });
  expect(result.current.error).toBe(failure);
  expect(predictor.calls).toHaveLength(1);

  act(() => result.current.retry());
  expect(result.current.status).toBe('pending');
  await act(async () => predictor.calls[1]!.resolve('A'));
  expect(result.current).toMatchObject({ status: 'success', output: 'A', error: undefined });
});

test('`retry` is one and the same function, and does nothing without an error', async () => {
  const predictor = new PredictorDouble();
  const { result } = start({ predictor, input: 'a' });
  const { retry } = result.current;
  act(() => retry());
  expect(predictor.calls).toHaveLength(1);
  await act(async () => predictor.calls[0]!.resolve('A'));
  act(() => result.current.retry());
  expect(result.current).toMatchObject({ status: 'success', retry });
  expect(predictor.calls).toHaveLength(1);
});

test('what is no PredcacheError becomes the cause of one', async () => {
  const predictor = new PredictorDouble();
  const { result } = start({ predictor, input: 'a' });
  await act(async () => predictor.calls[0]!.reject('odd'));
  expect(result.current.error).toMatchObject({ code: 'ENGINE_FAILED', what: 'odd', cause: 'odd' });
});

test('an error goes when the input changes', async () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('b', 'B');
  const { result, rerender } = start({ predictor, input: 'a' });
  await act(async () => predictor.calls[0]!.reject(failure));
  rerender({ predictor, input: 'b' });
  expect(result.current).toMatchObject({ status: 'success', error: undefined, output: 'B' });
});

test('`keepPrevious` shows the last answer while the next one is pending', async () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('a', 'A');
  const { result, rerender } = start({ predictor, input: 'a', keepPrevious: true });
  rerender({ predictor, input: 'b', keepPrevious: true });
  expect(result.current).toMatchObject({ status: 'pending', output: 'A', isPrevious: true, isPending: true });
  rerender({ predictor, input: 'c', keepPrevious: true });
  expect(result.current).toMatchObject({ status: 'pending', output: 'A', isPrevious: true });
  await act(async () => predictor.calls[1]!.resolve('C'));
  expect(result.current).toMatchObject({ status: 'success', output: 'C', isPrevious: false });
});

test('without `keepPrevious` nothing of an older input is shown', () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('a', 'A');
  const { result, rerender } = start({ predictor, input: 'a' });
  rerender({ predictor, input: 'b' });
  expect(result.current).toMatchObject({ status: 'pending', output: undefined, isPrevious: false });
});

test('an error does not show the previous answer as if it were this one', async () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('a', 'A');
  const { result, rerender } = start({ predictor, input: 'a', keepPrevious: true });
  rerender({ predictor, input: 'b', keepPrevious: true });
  await act(async () => predictor.calls[0]!.reject(failure));
  expect(result.current).toMatchObject({ status: 'error', output: undefined, prediction: undefined });
});

test('what was shown before an idle moment is not shown after it', () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('a', 'A');
  const { result, rerender } = start({ predictor, input: 'a', keepPrevious: true });
  rerender({ predictor, input: undefined, keepPrevious: true });
  expect(result.current).toMatchObject({ status: 'idle', output: undefined });
  rerender({ predictor, input: 'b', keepPrevious: true });
  expect(result.current).toMatchObject({ status: 'pending', output: undefined, isPrevious: false });
});

test('the inference mode is passed on', () => {
  const predictor = new PredictorDouble();
  start({ predictor, input: 'a', inferenceMode: 'prefer_in_cloud' });
  expect(predictor.calls[0]!.inferenceMode).toBe('prefer_in_cloud');
});

test('another inference mode asks again while pending and after an error, but not after an answer', async () => {
  const predictor = new PredictorDouble();
  const { result, rerender } = start({ predictor, input: 'a', inferenceMode: 'only_on_device' });
  rerender({ predictor, input: 'a', inferenceMode: 'only_in_cloud' });
  expect(predictor.calls.map(({ signal }) => signal?.aborted)).toEqual([true, false]);
  await act(async () => predictor.calls[1]!.reject(failure));
  rerender({ predictor, input: 'a', inferenceMode: 'prefer_on_device' });
  expect(result.current.status).toBe('pending');
  await act(async () => predictor.calls[2]!.resolve('A'));
  rerender({ predictor, input: 'a', inferenceMode: 'prefer_in_cloud' });
  expect(result.current.output).toBe('A');
  expect(predictor.calls).toHaveLength(3);
});

test('another predictor is asked anew', async () => {
  const predictor = new PredictorDouble();
  const other = new PredictorDouble();
  const { result, rerender } = start({ predictor, input: 'a' });
  await act(async () => predictor.calls[0]!.resolve('A'));
  rerender({ predictor: other, input: 'a' });
  expect(result.current).toMatchObject({ status: 'pending', output: undefined });
  await act(async () => other.calls[0]!.resolve('other A'));
  expect(result.current.output).toBe('other A');
});

test('an error is forgotten with its input: coming back to it asks again', async () => {
  const predictor = new PredictorDouble();
  predictor.memory.set('b', 'B');
  const { result, rerender } = start({ predictor, input: 'a' });
  await act(async () => predictor.calls[0]!.reject(failure));
  expect(result.current.status).toBe('error');
  rerender({ predictor, input: 'b' });
  rerender({ predictor, input: 'a' });
  expect(result.current.status).toBe('pending');
  expect(predictor.calls).toHaveLength(2);
  await act(async () => predictor.calls[1]!.resolve('A'));
  expect(result.current).toMatchObject({ status: 'success', output: 'A' });
});
