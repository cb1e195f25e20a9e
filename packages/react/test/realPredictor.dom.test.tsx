import { createPredictor, fromFunction, memory } from '@predcache/core';
import { act, render, screen, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import { expect, test } from 'vitest';
import { usePrediction, usePredictorEvents, usePredictorStats } from '../src/index.js';
import { setUpReact } from './support/react.js';

setUpReact();

function makeUpperCase() {
  const computed: string[] = [];
  const predictor = createPredictor<string, string>({
    model: { name: 'upper-case', version: '1' },
    tiers: [memory()],
    onDevice: fromFunction((text: string) => {
      computed.push(text);
      if (text === 'bad') throw new Error('It does not like this text');
      return text.toUpperCase();
    }),
  });
  return { predictor, computed };
}

type UpperCase = ReturnType<typeof makeUpperCase>['predictor'];

function Answer({ predictor, input }: { predictor: UpperCase; input: string }) {
  const { status, output, prediction, error } = usePrediction(predictor, input);
  return <p data-testid="answer">{`${status} ${output ?? error?.code ?? ''} ${prediction?.source ?? ''}`}</p>;
}

function Numbers({ predictor }: { predictor: UpperCase }) {
  const { hits, misses, hitsByTier } = usePredictorStats(predictor);
  const answers = usePredictorEvents(predictor, { types: ['hit', 'computed'] });
  const sources = answers.map(({ event }) => 'source' in event && event.source).join();
  return <p data-testid="numbers">{`${hits} ${misses} ${hitsByTier.memory} ${sources}`}</p>;
}

const answer = () => screen.getByTestId('answer').textContent;
const numbers = () => screen.getByTestId('numbers').textContent;

test('computes once, then answers from memory in the same render, and the numbers tell', async () => {
  const { predictor, computed } = makeUpperCase();
  const page = (input: string, id: number) => (
    <>
      <Answer key={id} predictor={predictor} input={input} />
      <Numbers predictor={predictor} />
    </>
  );
  const { rerender } = render(page('hello', 1));
  await waitFor(() => expect(answer()).toBe('success HELLO on_device'));
  rerender(page('hello', 2));
  expect(answer()).toBe('success HELLO memory');
  await waitFor(() => expect(numbers()).toBe('1 1 1 on_device,memory'));
  expect(computed).toEqual(['hello']);
});

test('works in StrictMode', async () => {
  const { predictor } = makeUpperCase();
  const page = (input: string) => (
    <StrictMode>
      <Answer predictor={predictor} input={input} />
    </StrictMode>
  );
  const { rerender } = render(page('a'));
  await waitFor(() => expect(answer()).toBe('success A on_device'));
  rerender(page('b'));
  await waitFor(() => expect(answer()).toBe('success B on_device'));
  rerender(page('a'));
  expect(answer()).toBe('success A memory');
});

test('a failing engine is a typed error, and the next input works', async () => {
  const { predictor } = makeUpperCase();
  const { rerender } = render(<Answer predictor={predictor} input="bad" />);
  await waitFor(() => expect(answer()).toBe('error ENGINE_FAILED '));
  rerender(<Answer predictor={predictor} input="good" />);
  await waitFor(() => expect(answer()).toBe('success GOOD on_device'));
});

test('fast typing ends with the answer to the last input', async () => {
  const { predictor } = makeUpperCase();
  const { rerender } = render(<Answer predictor={predictor} input="" />);
  for (let length = 1; length <= 20; length++) {
    rerender(<Answer predictor={predictor} input={'x'.repeat(length)} />);
  }
  await waitFor(() => expect(answer()).toMatch(`success ${'X'.repeat(20)} `));
});

test('a disposed predictor is an error, not a crash', async () => {
  const { predictor } = makeUpperCase();
  await act(() => predictor.dispose());
  render(<Answer predictor={predictor} input="a" />);
  await waitFor(() => expect(answer()).toBe('error DISPOSED '));
});
