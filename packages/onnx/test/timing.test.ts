import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GrowingPause } from '../src/growingPause.js';
import { IdleWatch } from '../src/pool/idleWatch.js';
import { SharedLoad } from '../src/session/sharedLoad.js';
import { withTimeout } from '../src/session/withTimeout.js';
import { SilenceWatch } from '../src/transport/silenceWatch.js';
import { failure } from './support/failure.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('GrowingPause', () => {
  it('doubles with every failure up to the longest, and ends with a success', () => {
    const pause = new GrowingPause({ first: 1_000, longest: 30_000 });
    const pauses = Array.from({ length: 8 }, () => {
      pause.failed();
      const { remaining } = pause;
      vi.advanceTimersByTime(remaining);
      expect(pause.remaining).toBe(0);
      return remaining;
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    pause.failed();
    pause.succeeded();
    expect(pause.remaining).toBe(0);
    pause.failed();
    expect(pause.remaining).toBe(1_000);
  });

  it('forgives as many failures in a row as it is told to', () => {
    const pause = new GrowingPause({ forgiven: 2 });
    pause.failed();
    pause.failed();
    expect(pause.remaining).toBe(0);
    pause.failed();
    expect(pause.remaining).toBe(1_000);
  });
});

describe('SilenceWatch', () => {
  function watched(timeout = 1_000) {
    const state = { busy: true };
    const ask = vi.fn();
    const onSilence = vi.fn();
    const watch = new SilenceWatch({ timeout, isBusy: () => state.busy, ask, onSilence });
    return { state, ask, onSilence, watch };
  }

  it('asks after the timeout, and gives up when there is no answer', () => {
    const { ask, onSilence, watch } = watched();
    watch.begin();
    vi.advanceTimersByTime(999);
    expect(ask).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ask).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_999);
    expect(onSilence).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onSilence).toHaveBeenCalledTimes(1);
  });

  it('never gives up on one that answers, however long it takes', () => {
    const { ask, onSilence, watch } = watched();
    ask.mockImplementation(() => watch.heard());
    watch.begin();
    vi.advanceTimersByTime(3_600_000);
    expect(onSilence).not.toHaveBeenCalled();
  });

  it('does not count the time in which the worker had nothing to do', () => {
    const { ask, state, watch } = watched();
    watch.begin();
    vi.advanceTimersByTime(100);
    watch.heard();
    watch.end();
    state.busy = false;
    vi.advanceTimersByTime(900);
    state.busy = true;
    watch.begin();
    vi.advanceTimersByTime(999);
    expect(ask).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('does not ask while messages come', () => {
    const { ask, watch } = watched();
    watch.begin();
    for (let second = 0; second < 60; second += 1) {
      vi.advanceTimersByTime(900);
      watch.heard();
    }
    expect(ask).not.toHaveBeenCalled();
  });

  it('lets an idle worker be, and watches again with the next call', () => {
    const { state, ask, watch } = watched();
    watch.begin();
    state.busy = false;
    vi.advanceTimersByTime(60_000);
    expect(ask).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
    state.busy = true;
    watch.begin();
    vi.advanceTimersByTime(999);
    expect(ask).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('is quiet once stopped', () => {
    const { ask, watch } = watched();
    watch.begin();
    watch.stop();
    vi.advanceTimersByTime(60_000);
    expect(ask).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('IdleWatch', () => {
  function watched(timeout: number) {
    const state = { idle: true };
    const onIdle = vi.fn();
    return { state, onIdle, watch: new IdleWatch(timeout, () => state.idle, onIdle) };
  }

  it('tells once when there has been nothing to do for so long, counted from the end of the last thing', () => {
    const { onIdle, watch } = watched(1_000);
    watch.begin();
    vi.advanceTimersByTime(900);
    watch.begin();
    vi.advanceTimersByTime(999);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onIdle).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says nothing amid work, and watches again when that has ended', () => {
    const { state, onIdle, watch } = watched(1_000);
    watch.begin();
    state.idle = false;
    vi.advanceTimersByTime(60_000);
    expect(onIdle).not.toHaveBeenCalled();
    state.idle = true;
    watch.begin();
    vi.advanceTimersByTime(1_000);
    expect(onIdle).toHaveBeenCalledTimes(1);
  });

  it('takes times that timers cannot, and for ever', () => {
    const days = 24 * 60 * 60 * 1_000;
    const long = watched(30 * days);
    long.watch.begin();
    vi.advanceTimersByTime(30 * days - 1);
    expect(long.onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(long.onIdle).toHaveBeenCalledTimes(1);
    const never = watched(Number.POSITIVE_INFINITY);
    never.watch.begin();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is quiet once stopped', () => {
    const { onIdle, watch } = watched(1_000);
    watch.begin();
    watch.stop();
    vi.advanceTimersByTime(10_000);
    expect(onIdle).not.toHaveBeenCalled();
  });
});

describe('SharedLoad', () => {
  function shared(linger = 1_000) {
    const onAbandoned = vi.fn();
    let signal: AbortSignal | undefined;
    let finish = (_: string) => {};
    const load = new SharedLoad<string>({
      linger,
      onAbandoned,
      start: (given, progress) => {
        signal = given;
        progress.runtime();
        return new Promise((resolve, reject) => {
          finish = resolve;
          given.addEventListener('abort', () => reject(given.reason));
        });
      },
    });
    return { load, onAbandoned, signal: () => signal!, finish: (value: string) => finish(value) };
  }

  it('is aborted some time after its last waiter has left', async () => {
    const { load, onAbandoned, signal } = shared();
    const controllers = [new AbortController(), new AbortController()];
    const waiting = controllers.map((controller) => failure(load.join({ signal: controller.signal })));
    controllers[0]!.abort('one');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(signal().aborted).toBe(false);
    controllers[1]!.abort('two');
    await vi.advanceTimersByTimeAsync(999);
    expect(signal().aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal().aborted).toBe(true);
    expect(onAbandoned).toHaveBeenCalledTimes(1);
    expect(await Promise.all(waiting)).toEqual(['one', 'two']);
  });

  it('goes on for who comes before that', async () => {
    const { load, onAbandoned, finish } = shared();
    const controller = new AbortController();
    const left = failure(load.join({ signal: controller.signal }));
    controller.abort('left');
    await left;
    await vi.advanceTimersByTimeAsync(900);
    const second = load.join({});
    await vi.advanceTimersByTimeAsync(10_000);
    finish('done');
    expect(await second).toBe('done');
    expect(onAbandoned).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells a late waiter how far it is', () => {
    const onProgress = vi.fn();
    void shared().load.join({ onProgress });
    expect(onProgress).toHaveBeenCalledWith({ phase: 'runtime', loadedBytes: 0, ratio: 0 });
  });

  it('rejects everybody when aborted from outside', async () => {
    const { load, signal } = shared();
    const waiting = [failure(load.join({})), failure(load.join({}))];
    load.abort('disposed');
    expect(await Promise.all(waiting)).toEqual(['disposed', 'disposed']);
    expect(signal().reason).toBe('disposed');
  });
});

describe('withTimeout', () => {
  it('rejects when it takes too long, and leaves no timer when it does not', async () => {
    const late = failure(withTimeout(new Promise(() => {}), 100, (timeout) => new Error(`after ${timeout}`)));
    await vi.advanceTimersByTimeAsync(100);
    expect((await late).message).toBe('after 100');
    expect(await withTimeout(Promise.resolve(1), 100, () => new Error('late'))).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
