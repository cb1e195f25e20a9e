import { createPredictor, fromFunction, type JsonValue, memory, type Predictor } from '@predcache/core';
import { act, render, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { usePrediction } from '../src/index.js';
import { setUpReact } from './support/react.js';

setUpReact();

function setUp(run: (input: JsonValue) => Promise<JsonValue>, maxSize = 1e6) {
  const asked: JsonValue[] = [];
  const predictor = createPredictor<JsonValue, JsonValue>({
    model: { name: 'object', version: '1' },
    tiers: [memory({ maxSize })],
    onDevice: fromFunction((input: JsonValue) => {
      asked.push(input);
      return run(input);
    }),
  });
  return { asked, predictor };
}

/** Makes a new object at each render, as users do. */
function Answer({ predictor, text }: { predictor: Predictor<JsonValue, JsonValue>; text: string }) {
  const { status, output } = usePrediction(predictor, { text, numbers: [1, 2] });
  return <p data-testid="answer">{`${status} ${JSON.stringify(output)}`}</p>;
}

const answer = () => screen.getByTestId('answer').textContent;
/** Long enough for a loop of asking and rendering to go round many times. */
const turns = () =>
  act(async () => {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  });

test('an object written in the call is asked for once, though it fails', async () => {
  const { asked, predictor } = setUp(() => Promise.reject(new Error('It does not work')));
  render(<Answer predictor={predictor} text="a" />);
  await waitFor(() => expect(answer()).toMatch(/^error/));
  await turns();
  expect(asked).toHaveLength(1);
});

test('an object written in the call is asked for once, though no tier can keep the answer', async () => {
  const { asked, predictor } = setUp(async () => 'x'.repeat(1000), 100);
  render(<Answer predictor={predictor} text="a" />);
  await waitFor(() => expect(answer()).toMatch(/^success/));
  await turns();
  expect(asked).toHaveLength(1);
});

test('another content is asked for', async () => {
  const { asked, predictor } = setUp(async (input) => (input as { text: string }).text);
  const { rerender } = render(<Answer predictor={predictor} text="a" />);
  await waitFor(() => expect(answer()).toBe('success "a"'));
  rerender(<Answer predictor={predictor} text="b" />);
  await waitFor(() => expect(answer()).toBe('success "b"'));
  expect(asked).toHaveLength(2);
});
