import { PredcacheError } from '@predcache/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeError, encodeError } from '../src/transport/errorCodec.js';

const overTheWire = (error: unknown) => decodeError(structuredClone(encodeError(error)));

const init = {
  code: 'MODEL_INVALID',
  what: 'The file is damaged',
  where: 'model "m"',
  hint: 'Deploy it again',
} as const;

describe('errors from the worker', () => {
  it('arrive as PredcacheErrors with all they had', () => {
    const cause = new RangeError('Offset is outside the bounds', { cause: new Error('deeper') });
    const error = new PredcacheError({ ...init, details: { bytes: 12, url: '/m.onnx' }, cause });
    const arrived = overTheWire(error);
    expect(arrived).toBeInstanceOf(PredcacheError);
    expect(arrived).toMatchObject({
      ...init,
      message: error.message,
      details: { bytes: 12, url: '/m.onnx' },
    });
    expect(arrived.stack).toBe(error.stack);
    expect(arrived.cause).toMatchObject({ name: 'RangeError', message: 'Offset is outside the bounds' });
    expect((arrived.cause as Error).cause).toMatchObject({ message: 'deeper' });
  });

  it('keep a PredcacheError below another as one', () => {
    const below = new PredcacheError({ ...init, code: 'MODEL_DOWNLOAD_FAILED', details: { status: 404 } });
    const arrived = overTheWire(new PredcacheError({ ...init, cause: below }));
    expect(arrived.cause).toBeInstanceOf(PredcacheError);
    expect(arrived.cause).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED', details: { status: 404 } });
  });

  it.each([
    [new TypeError('x is undefined'), 'TypeError', 'x is undefined'],
    [new DOMException('gone', 'AbortError'), 'AbortError', 'gone'],
    ['a string', 'Error', 'a string'],
    [undefined, 'Error', 'undefined'],
    [Object.create(null), 'Error', 'something of type object'],
    [Symbol('s'), 'Error', 'Symbol(s)'],
  ])('that are foreign arrive as the cause of an ENGINE_FAILED: %o', (thrown, name, message) => {
    const arrived = overTheWire(thrown);
    expect(arrived).toMatchObject({ code: 'ENGINE_FAILED', cause: { name, message } });
    expect(arrived.message).toContain(message);
  });

  it('lose no more than what cannot be cloned', () => {
    const details = { size: 3, listener: () => 1, nested: { at: 5n }, symbol: Symbol('s') };
    const arrived = overTheWire(new PredcacheError({ ...init, details }));
    expect(arrived.details).toEqual({
      size: 3,
      listener: String(details.listener),
      nested: { at: 5n },
      symbol: 'Symbol(s)',
    });
  });

  it('survive a ring of causes', () => {
    const error = new Error('round');
    error.cause = error;
    expect(overTheWire(error).message).toContain('round');
  });

  it('keep any text, and encode again to the same', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.string(),
        fc.dictionary(fc.string(), fc.anything()),
        (...parts) => {
          const [what, where, hint, details] = parts;
          const arrived = overTheWire(new PredcacheError({ ...init, what, where, hint, details }));
          expect(arrived).toMatchObject({ what, where, hint });
          expect(encodeError(overTheWire(arrived))).toEqual(encodeError(arrived));
        },
      ),
    );
  });
});
