import { describe, expect, it } from 'vitest';
import {
  readAnswer,
  readInvalidation,
  readMark,
  writeAnswer,
  writeInvalidation,
  writeMark,
} from '../../src/tabs/messages.js';

const answer = { key: 'a', begunAt: 5, knownAt: 6, value: { x: 1 } };
const model = 'm'.repeat(64);
const garbage = [
  undefined,
  null,
  7,
  'a',
  [],
  {},
  { version: 1 },
  { version: 2, ...answer, selector: { all: true } },
];

describe('messages between tabs', () => {
  it('are read as they were written', () => {
    expect(readAnswer(structuredClone(writeAnswer(answer)))).toEqual(answer);
    expect(readMark(structuredClone(writeMark('here')))).toBe('here');
    for (const selector of [
      { all: true },
      { keys: ['a', 'b'] },
      { model },
      { model, tags: ['t'] },
      { model, createdBefore: 9 },
    ] as const) {
      expect(readInvalidation(structuredClone(writeInvalidation({ tab: 't', selector })))).toEqual({
        tab: 't',
        selector,
      });
    }
  });

  it('say of a predicate, which cannot be sent, that the model is invalidated', () => {
    const message = structuredClone(writeInvalidation({ tab: 't', selector: { model, where: () => true } }));
    expect(readInvalidation(message)).toEqual({ tab: 't', selector: { model } });
  });

  it.each(garbage)('are nothing where they are of no kind or of another version: %j', (message) => {
    expect(readAnswer(message)).toBeUndefined();
    expect(readMark(message)).toBeUndefined();
    expect(readInvalidation(message)).toBeUndefined();
  });

  it('are nothing where a field is not what it should be', () => {
    for (const change of [
      { key: 1 },
      { begunAt: 'now' },
      { knownAt: null },
      { value: undefined },
      { version: 0 },
    ]) {
      expect(readAnswer({ ...(writeAnswer(answer) as object), ...change })).toBeUndefined();
    }
    for (const selector of [null, { all: 'yes' }, { keys: [1] }, { model: 3 }, { tags: ['t'] }]) {
      expect(readInvalidation({ version: 1, tab: 't', selector })).toBeUndefined();
    }
  });

  it('invalidate the whole model where it is narrowed down in a way that is not known', () => {
    for (const more of [
      { tags: 'one' },
      { createdBefore: null },
      { tags: ['t'], createdBefore: 3 },
      { near: 'x' },
    ]) {
      expect(readInvalidation({ version: 1, tab: 't', selector: { model, ...more } })).toEqual({
        tab: 't',
        selector: { model },
      });
    }
  });
});
