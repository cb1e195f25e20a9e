import { isPredcacheError, PredcacheError } from '@predcache/core';
import { describe, expect, it } from 'vitest';

describe('PredcacheError', () => {
  const init = {
    code: 'DISPOSED',
    what: 'It is over',
    where: 'predictor "m"',
    hint: 'Make a new one',
  } as const;

  it('says what happened, where, and what to do', () => {
    const cause = new Error('below');
    const error = new PredcacheError({ ...init, cause, details: { entries: 3 } });
    expect(error.message).toBe('It is over (predictor "m"). Make a new one.');
    expect(error).toMatchObject({ name: 'PredcacheError', code: 'DISPOSED', cause, details: { entries: 3 } });
  });

  it('is recognised without instanceof, and nothing else is', () => {
    expect(isPredcacheError({ ...init })).toBe(true);
    expect(isPredcacheError(new PredcacheError(init))).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'DISPOSED', { code: 20 }])
      expect(isPredcacheError(other)).toBe(false);
  });
});
