import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { PendingCalls } from '../src/pendingCalls.js';
import { failure } from './support/failure.js';

const never = () => new Promise<never>(() => {});

describe('PendingCalls', () => {
  it('passes results and failures on', async () => {
    const calls = new PendingCalls();
    expect(await calls.track(async () => 7)).toBe(7);
    expect(
      await failure(
        calls.track(async () => {
          throw 'failed';
        }),
      ),
    ).toBe('failed');
    expect(calls.size).toBe(0);
  });

  it('starts nothing when the signal is aborted already', async () => {
    const start = vi.fn(never);
    expect(await failure(new PendingCalls().track(start, { signal: AbortSignal.abort('early') }))).toBe(
      'early',
    );
    expect(start).not.toHaveBeenCalled();
  });

  it("rejects with the signal's reason at once and says so, once", async () => {
    const calls = new PendingCalls();
    const controller = new AbortController();
    const onAbort = vi.fn();
    const call = failure(calls.track(never, { signal: controller.signal, onAbort }));
    controller.abort('left');
    expect(await call).toBe('left');
    expect(onAbort).toHaveBeenCalledTimes(1);
    expect(calls.size).toBe(0);
  });

  it('does not call onAbort for a call that has settled', async () => {
    const controller = new AbortController();
    const onAbort = vi.fn();
    await new PendingCalls().track(async () => 1, { signal: controller.signal, onAbort });
    controller.abort();
    expect(onAbort).not.toHaveBeenCalled();
  });

  it('rejects all that is pending and all that comes later', async () => {
    const calls = new PendingCalls();
    const pending = [failure(calls.track(never)), failure(calls.track(never))];
    calls.rejectAll('closed');
    calls.rejectAll('again');
    const start = vi.fn(never);
    expect(await Promise.all([...pending, failure(calls.track(start))])).toEqual([
      'closed',
      'closed',
      'closed',
    ]);
    expect(start).not.toHaveBeenCalled();
  });

  it('settles every call exactly once, with whatever came first', async () => {
    const event = fc.constantFrom('resolve', 'reject', 'abort', 'close');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 4 }), event)), async (events) => {
        const calls = new PendingCalls();
        const made = Array.from({ length: 5 }, () => {
          const controller = new AbortController();
          let resolve = (_: string) => {};
          let reject = (_: string) => {};
          const inner = new Promise<string>((yes, no) => {
            resolve = yes;
            reject = no;
          });
          const outcomes: string[] = [];
          calls
            .track(() => inner, { signal: controller.signal })
            .then(
              (value) => outcomes.push(value),
              (reason) => outcomes.push(reason),
            );
          return { controller, resolve, reject, outcomes };
        });
        const expected: (string | undefined)[] = made.map(() => undefined);
        for (const [index, what] of events) {
          const { controller, resolve, reject } = made[index]!;
          if (what === 'resolve') resolve(what);
          else if (what === 'reject') reject(what);
          else if (what === 'abort') controller.abort(what);
          else calls.rejectAll(what);
          // Let what was resolved or rejected arrive before the next event.
          await new Promise((done) => setImmediate(done));
          for (const [at] of made.entries()) if (what === 'close' || at === index) expected[at] ??= what;
        }
        expect(made.map(({ outcomes }) => outcomes)).toEqual(
          expected.map((one) => (one === undefined ? [] : [one])),
        );
        expect(calls.size).toBe(expected.filter((one) => one === undefined).length);
      }),
      { numRuns: 60 },
    );
  });
});
