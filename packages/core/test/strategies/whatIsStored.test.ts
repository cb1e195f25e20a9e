import {
  createPredictor,
  fromFunction,
  type PredictorEvent,
  type PredictorOptions,
  type Tensors,
} from '@predcache/core';
import { expect, it } from 'vitest';
import { failure } from '../support/failure.js';

const model = { name: 'm', version: '1' };

function make<Output>(
  run: (input: string) => Output | Promise<Output>,
  options: Partial<PredictorOptions<string, Output, Output>> = {},
  engine: Parameters<typeof fromFunction>[1] = {},
) {
  const predictor = createPredictor<string, Output, Output>({
    model,
    onDevice: fromFunction(run, engine),
    ...options,
  });
  const events: PredictorEvent[] = [];
  predictor.subscribe((event) => events.push(event));
  const notStored = () => events.flatMap((event) => (event.type === 'not-stored' ? [event.reason] : []));
  return { predictor, events, notStored };
}

it('what cacheable says no to, or fails on, is answered and not stored', async () => {
  const { predictor, notStored } = make((input) => input.toUpperCase(), {
    cacheable: (input, outputs) => {
      if (input === 'fail') throw new Error('no idea');
      return outputs !== 'SECRET';
    },
  });
  for (const input of ['open', 'secret', 'fail'])
    expect((await predictor.predict(input)).output).toBe(input.toUpperCase());
  expect(['open', 'secret', 'fail'].map((input) => predictor.peek(input)?.output)).toEqual([
    'OPEN',
    undefined,
    undefined,
  ]);
  expect(notStored()).toEqual(['not-cacheable', 'not-cacheable']);
});

it('vary keeps apart what depends on more than the input', async () => {
  let segment: string | undefined = 'red';
  const { predictor } = make((input) => `${input} ${segment}`, {
    vary: () => (segment === undefined ? undefined : { segment }),
  });
  expect((await predictor.predict('a')).output).toBe('a red');
  segment = 'blue';
  expect(predictor.peek('a')).toBeUndefined();
  expect((await predictor.predict('a')).output).toBe('a blue');
  segment = undefined;
  expect((await predictor.predict('a')).output).toBe('a undefined');
  segment = 'red';
  expect(await predictor.predict('a')).toMatchObject({ output: 'a red', source: 'memory' });
});

it('a vary that fails, or gives no JSON, fails the prediction with a typed error', async () => {
  const failing = make((input) => input, {
    vary: () => {
      throw new Error('no session');
    },
  });
  expect(await failure(failing.predictor.predict('a'))).toMatchObject({ code: 'INPUT_ENCODE_FAILED' });
  expect(failing.predictor.peek('a')).toBeUndefined();
  const odd = make((input) => input, { vary: () => (() => 1) as never });
  expect(await failure(odd.predictor.predict('a'))).toMatchObject({ code: 'INPUT_NOT_JSON' });
});

it('outputs with NaN are stored only when that is allowed', async () => {
  const outputs: Tensors = { y: { type: 'float32', dims: [2], data: Float32Array.of(1, Number.NaN) } };
  const careful = make(() => outputs);
  await careful.predictor.predict('a');
  expect(careful.predictor.peek('a')).toBeUndefined();
  expect(careful.notStored()).toEqual(['nan']);
  const allowing = make(() => outputs, { storeNaN: true });
  await allowing.predictor.predict('a');
  expect(allowing.predictor.peek('a')?.output).toEqual(outputs);
});

it('an engine that is not deterministic turns caching off, once and with an event', async () => {
  let runs = 0;
  const { predictor, events } = make(() => ++runs, {}, { isDeterministic: false });
  expect([(await predictor.predict('a')).output, (await predictor.predict('a')).output]).toEqual([1, 2]);
  expect(predictor.peek('a')).toBeUndefined();
  expect(events.filter(({ type }) => type === 'caching-off')).toEqual([
    { type: 'caching-off', source: 'on_device' },
  ]);
});
