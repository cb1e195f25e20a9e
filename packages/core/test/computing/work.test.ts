import { describe, expect, it } from 'vitest';
import { inBackground, throwIfEnded, under } from '../../src/pipeline/work.js';

describe('work under a signal', () => {
  it('has ended once the signal has aborted, and says why', () => {
    const reason = new Error('changed my mind');
    for (const make of [inBackground, (signal: AbortSignal) => under(signal, inBackground(signal))]) {
      const controller = new AbortController();
      const work = make(controller.signal);
      let ends = 0;
      work.onEnd(() => ends++);
      work.onEnd(() => ends++)();
      expect(work.ended).toBeUndefined();
      throwIfEnded(work);
      controller.abort(reason);
      expect(ends).toBe(1);
      expect(work.ended).toEqual({ reason });
      expect(() => throwIfEnded(work)).toThrow(reason);
    }
  });
});
