import { PredcacheError } from '@predcache/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SharedCalls } from '../../src/share/sharedCalls.js';
import { failure } from '../support/failure.js';
import { FakeOrigin } from './fakeTabs.js';
import { argument, heard, openTabs, type RunArgument, result, type Tab } from './sharedTabs.js';

let origin: FakeOrigin;

beforeEach(() => {
  origin = new FakeOrigin();
});

describe('a tab that does not lead', () => {
  it('has its calls answered where another one leads, with all that belongs to them', async () => {
    const [leader, follower] = (await openTabs(origin, 2)) as [Tab, Tab];
    const onBegun = vi.fn();
    const onProgress = vi.fn();
    const running = follower.run(1, { onBegun, onProgress, priority: 'background', startAnyway: true });
    const [call] = await heard(leader, 1);
    expect(call).toMatchObject({ method: 'run', argument: argument(1) });
    expect(call!.options).toMatchObject({ priority: 'background', startAnyway: true });
    const progress = { phase: 'download', loadedBytes: 1, totalBytes: 2, ratio: 0.5 } as const;
    call!.options.onProgress!(progress);
    call!.options.onBegun!();
    call!.resolve(result(2));
    expect(await running).toEqual(result(2));
    expect(onProgress.mock.calls).toEqual([[progress]]);
    expect(onBegun).toHaveBeenCalledOnce();
    expect(follower.engines).toHaveLength(0);
  });

  it('rejects as the leader does', async () => {
    const [leader, follower] = (await openTabs(origin, 2)) as [Tab, Tab];
    const running = failure(follower.run(1));
    const [call] = await heard(leader, 1);
    const error = { code: 'MODEL_INVALID', what: 'w', where: 'x', hint: 'h', details: { bytes: 3 } } as const;
    call!.reject(new PredcacheError({ ...error, cause: new Error('below') }));
    expect(await running).toMatchObject({ ...error, cause: { message: 'below' } });
  });

  it('cancels there what is aborted here, and rejects at once', async () => {
    const [leader, follower] = (await openTabs(origin, 2)) as [Tab, Tab];
    const controller = new AbortController();
    const running = follower.run(1, { signal: controller.signal });
    const [call] = await heard(leader, 1);
    controller.abort('enough');
    await expect(running).rejects.toBe('enough');
    await vi.waitFor(() => expect(call!.options.signal!.aborted).toBe(true));
  });

  it('keeps progress from falling and says once that it has begun, when another one takes over', async () => {
    const [leader, next, follower] = (await openTabs(origin, 3)) as [Tab, Tab, Tab];
    const onBegun = vi.fn();
    const ratios: number[] = [];
    const running = follower.run(1, { onBegun, onProgress: ({ ratio }) => ratios.push(ratio) });
    const tell = ({ options }: { options: Parameters<SharedCalls['call']>[2] }, ratio: number) =>
      options.onProgress!({ phase: 'download', loadedBytes: 1, ratio });
    const [call] = await heard(leader, 1);
    tell(call!, 0.4);
    tell(call!, 0.6);
    call!.options.onBegun!();
    await vi.waitFor(() => expect(onBegun).toHaveBeenCalled());
    leader.calls.dispose();
    const [again] = await heard(next, 1);
    expect(again).toMatchObject({ argument: argument(1) });
    tell(again!, 0);
    tell(again!, 0.5);
    tell(again!, 0.7);
    again!.options.onBegun!();
    again!.resolve(result(3));
    expect(await running).toEqual(result(3));
    expect(ratios).toEqual([0.4, 0.6, 0.7]);
    expect(onBegun).toHaveBeenCalledOnce();
  });

  it('sends again what got lost on the way there', async () => {
    const [leader, follower] = (await openTabs(origin, 2)) as [Tab, Tab];
    let lost = 0;
    follower.surroundings.loses = ({ kind }) => kind === 'call' && lost++ < 1;
    const running = follower.run(1);
    (await heard(leader, 1))[0]!.resolve(result(1));
    expect(await running).toEqual(result(1));
    expect(lost).toBe(2);
    expect(follower.engines).toHaveLength(0);
  });

  it('has it computed again when the answer got lost', async () => {
    const [leader, follower] = (await openTabs(origin, 2)) as [Tab, Tab];
    let lost = 0;
    leader.surroundings.loses = ({ kind }) => kind === 'result' && lost++ < 1;
    const running = follower.run(1);
    (await heard(leader, 1))[0]!.resolve(result(1));
    (await heard(leader, 2))[1]!.resolve(result(1));
    expect(await running).toEqual(result(1));
  });

  it('rejects what never arrives, though the leader is there', async () => {
    const [, follower] = (await openTabs(origin, 2)) as [Tab, Tab];
    follower.surroundings.loses = ({ kind }) => kind === 'call';
    expect(await failure(follower.run(1))).toMatchObject({ code: 'ENGINE_FAILED' });
    expect(follower.engines).toHaveLength(0);
  });

  it('leads itself when the leader has hung, which finds that out when it wakes', async () => {
    const onGone = vi.fn();
    const [leader, follower] = (await openTabs(origin, 2, { onGone })) as [Tab, Tab];
    const [engine] = leader.engines;
    const own = leader.run(7);
    leader.surroundings.isHung = true;
    const running = follower.run(1);
    (await heard(follower, 1))[0]!.resolve(result(1));
    expect(await running).toEqual(result(1));
    leader.surroundings.isHung = false;
    // What it had for itself it computes to the end.
    expect(engine!.isDisposed).toBe(false);
    engine!.heard[0]!.resolve(result(7));
    expect(await own).toEqual(result(7));
    await vi.waitFor(() => expect(engine!.isDisposed).toBe(true));
    const late = leader.run(2);
    (await heard(follower, 2))[1]!.resolve(result(2));
    expect(await late).toEqual(result(2));
    expect(leader.engines).toHaveLength(1);
  });

  it('goes to one of those that took over at the same moment', async () => {
    const [leader, ...others] = (await openTabs(origin, 4)) as [Tab, ...Tab[]];
    leader.surroundings.isHung = true;
    let answered = 0;
    const running = others.map((tab, index) => tab.run(index).finally(() => answered++));
    await vi.waitFor(
      () => {
        for (const call of others.flatMap(({ engines }) => engines.flatMap(({ heard }) => heard))) {
          call.resolve({ outputs: (call.argument as RunArgument).batch, backend: 'wasm' });
        }
        expect(answered).toBe(3);
      },
      { interval: 2, timeout: 3_000 },
    );
    for (const [index, answer] of (await Promise.all(running)).entries())
      expect(answer).toEqual(result(index));
    const alive = () => others.flatMap(({ engines }) => engines).filter(({ isDisposed }) => !isDisposed);
    await vi.waitFor(() => expect(alive()).toHaveLength(1));
  });
});
