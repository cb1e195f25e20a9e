import { beforeEach, describe, expect, it, vi } from 'vitest';
import { namesOf } from '../../src/share/names.js';
import { failure } from '../support/failure.js';
import { FakeOrigin } from './fakeTabs.js';
import { argument, heard, model, openTab, openTabs, result, settings, type Tab } from './sharedTabs.js';

const names = namesOf('test');
const another = { ...model, name: 'another' };

let origin: FakeOrigin;

beforeEach(() => {
  origin = new FakeOrigin();
});

/** What a script of the same origin gets by way of answer, whose lock the leader finds held. */
async function strangerOf(leader: Tab) {
  const tab = 'stranger';
  const surroundings = origin.tab();
  void surroundings.locks.request(names.tab(tab), {}, () => new Promise(() => {}));
  const square = surroundings.openWire(names.square);
  const leaders: string[] = [];
  square.onmessage = ({ data }) => leaders.push(data.leader);
  square.postMessage({ kind: 'ask', tab });
  await vi.waitFor(() => expect(leaders).toHaveLength(1));
  const line = surroundings.openWire(names.line(leaders[0]!, tab));
  const answers: { kind: string; call?: string; error?: { predcache?: { code: string } } }[] = [];
  line.onmessage = ({ data }) => answers.push(data);
  expect(leader.engines).toHaveLength(1);
  return { line, square, answers };
}

describe('the tab that leads', () => {
  it('answers its own calls without a word to the others', async () => {
    const [leader] = (await openTabs(origin, 2)) as [Tab, Tab];
    leader.surroundings.loses = () => true;
    const running = leader.run(1);
    expect(leader.engines[0]!.heard).toHaveLength(1);
    leader.engines[0]!.heard[0]!.resolve(result(1));
    expect(await running).toEqual(result(1));
  });

  it('takes no notice of what it does not understand', async () => {
    const [leader] = (await openTabs(origin, 1)) as [Tab];
    const { line, square, answers } = await strangerOf(leader);
    for (const junk of [
      undefined,
      null,
      1,
      'call',
      [],
      {},
      { kind: 'call' },
      { kind: 'call', call: 1, method: 'run', argument: {}, priority: 'user' },
      { kind: 'call', call: 'c', method: 'run', argument: {}, priority: 'first' },
      { kind: 'cancel', call: {} },
      { kind: 'cancel', call: 'unknown' },
      { kind: 'beat', beat: 'x' },
      { kind: 'other' },
    ]) {
      line.postMessage(junk);
      square.postMessage(junk);
    }
    square.postMessage({ kind: 'ask', tab: '' });
    line.postMessage({ kind: 'beat', beat: 1 });
    await vi.waitFor(() => expect(answers).toEqual([{ kind: 'alive', beat: 1, calls: [] }]));
    expect(leader.engines[0]!.heard).toHaveLength(0);
  });

  it.each([
    ['no such method', 'toString', argument(1), 'OPTIONS_INVALID'],
    ['no argument', 'run', undefined, 'OPTIONS_INVALID'],
    ['no model', 'load', { settings }, 'OPTIONS_INVALID'],
    ['a model without a url', 'load', { settings, model: { name: 'm', version: '1' } }, 'OPTIONS_INVALID'],
    ['an integrity of bytes', 'load', { settings, model: { ...model, integrity: 1 } }, 'OPTIONS_INVALID'],
    ['no settings', 'load', { model }, 'OPTIONS_INVALID'],
    ['no batch', 'run', { model, settings }, 'OPTIONS_INVALID'],
    ['no tensors', 'run', { model, settings, batch: [1] }, 'INPUT_REJECTED'],
    [
      'a tensor of the wrong size',
      'run',
      { model, settings, batch: [{ x: { type: 'float32', dims: [2], data: new Float32Array(1) } }] },
      'INPUT_REJECTED',
    ],
  ])('rejects %s', async (_, method, argument, code) => {
    const [leader] = (await openTabs(origin, 1)) as [Tab];
    const { line, answers } = await strangerOf(leader);
    line.postMessage({ kind: 'call', call: 'c', method, argument, priority: 'user' });
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    expect(answers[0]).toMatchObject({ kind: 'failure', call: 'c', error: { predcache: { code } } });
    expect(leader.engines[0]!.heard).toHaveLength(0);
  });

  it('tells a tab what went wrong when an answer cannot be sent', async () => {
    const [leader, follower] = (await openTabs(origin, 2)) as [Tab, Tab];
    const running = failure(follower.run(1));
    (await heard(leader, 1))[0]!.resolve({ ...result(1), extra: () => {} });
    expect(await running).toMatchObject({ code: 'ENGINE_FAILED', cause: { name: 'DataCloneError' } });
  });

  it('cancels the calls of a tab that has gone, and leaves the models alone that others use', async () => {
    const [leader, one, other] = (await openTabs(origin, 3)) as [Tab, Tab, Tab];
    const loaded = one.calls.call('load', { model: another, settings }, {});
    (await heard(leader, 1))[0]!.resolve(undefined);
    await loaded;
    const lost = failure(one.run(1));
    const kept = other.run(2);
    const [, ofOne, ofOther] = await heard(leader, 3);
    one.calls.dispose();
    expect(await lost).toMatchObject({ code: 'DISPOSED' });
    await vi.waitFor(() => expect(ofOne!.options.signal!.aborted).toBe(true));
    const unloading = (await heard(leader, 4))[3]!;
    expect(unloading).toMatchObject({ method: 'unload', argument: { model: another } });
    unloading.resolve(undefined);
    ofOther!.resolve(result(2));
    expect(await kept).toEqual(result(2));
    expect(origin.channels.filter((name) => name.includes(' line '))).toHaveLength(1);
  });

  it('unloads a model when the last of those that used it has no more use for it', async () => {
    const tabs = (await openTabs(origin, 3)) as [Tab, Tab, Tab];
    const [leader] = tabs;
    for (const { calls } of tabs.slice(0, 2)) await calls.call('unload', { model, settings }, {});
    expect(leader.engines[0]!.heard).toHaveLength(0);
    const unloaded = tabs[2].calls.call('unload', { model, settings }, {});
    (await heard(leader, 1))[0]!.resolve(undefined);
    expect(await unloaded).toBeUndefined();
  });

  it('tells the others which models are gone from its workers, as does the one after it', async () => {
    const gone: (string | undefined)[] = [];
    const onGone = (identity?: string) => gone.push(identity);
    const [leader, next] = (await openTabs(origin, 3, { onGone })) as [Tab, Tab, Tab];
    gone.length = 0;
    leader.engines[0]!.onGone('m');
    await vi.waitFor(() => expect(gone).toEqual(['m', 'm', 'm']));
    leader.calls.dispose();
    const running = next.run(1);
    (await heard(next, 1))[0]!.resolve(result(1));
    await running;
    gone.length = 0;
    next.engines[0]!.onGone('n');
    await vi.waitFor(() => expect(gone).toEqual(['n', 'n']));
  });

  it('is succeeded by one only when it is disposed of, its own calls settled', async () => {
    const [leader, next, last] = (await openTabs(origin, 3)) as [Tab, Tab, Tab];
    const own = failure(leader.run(1));
    const ofLast = last.run(2);
    await heard(leader, 2);
    leader.calls.dispose();
    expect(await own).toMatchObject({ code: 'DISPOSED' });
    expect(await failure(leader.run(1))).toMatchObject({ code: 'DISPOSED' });
    (await heard(next, 1))[0]!.resolve(result(2));
    expect(await ofLast).toEqual(result(2));
    expect(last.engines).toHaveLength(0);
  });
});

describe('a tab that hears of a leader that is none', () => {
  it('stays with the one that answers', async () => {
    const [leader, follower] = (await openTabs(origin, 2)) as [Tab, Tab];
    origin.post(names.square, { kind: 'lead', leader: 'one that died' });
    const running = follower.run(1);
    (await heard(leader, 1))[0]!.resolve(result(1));
    expect(await running).toEqual(result(1));
    expect(follower.engines).toHaveLength(0);
  });

  it('does not take nonsense for an answer', async () => {
    const [leader, follower] = (await openTabs(origin, 2)) as [Tab, Tab];
    const running = follower.run(1);
    const [call] = await heard(leader, 1);
    const [line] = origin.channels.filter((name) => name.includes(' line '));
    for (const junk of [
      null,
      'result',
      { kind: 'result' },
      { kind: 'result', call: 7, value: result(9) },
      { kind: 'failure', call: '2', error: 'x' },
      { kind: 'failure', call: '2', error: { name: 'E', message: 'm', predcache: { code: 1 } } },
      { kind: 'progress', call: '2', progress: { phase: 'x' } },
      { kind: 'alive', beat: 1, calls: [{}] },
    ]) {
      origin.post(line!, junk);
    }
    call!.resolve(result(1));
    expect(await running).toEqual(result(1));
    const wrong = failure(follower.run(1));
    (await heard(leader, 2))[1]!.resolve({ outputs: [], backend: 'wasm' });
    expect(await wrong).toMatchObject({ code: 'ENGINE_FAILED' });
  });
});

describe('a tab answers its own calls', () => {
  it.each([
    ['there are no locks', { locks: undefined }],
    [
      'locks may not be looked at',
      {
        get locks(): never {
          throw new DOMException('', 'SecurityError');
        },
      },
    ],
    [
      'locks are refused',
      { locks: { request: () => Promise.reject(new DOMException('', 'SecurityError')) } },
    ],
    [
      'channels are refused',
      {
        openWire: () => {
          throw new DOMException('', 'SecurityError');
        },
      },
    ],
  ])('where %s', async (_, less) => {
    const tab = openTab(
      Object.create(origin.tab(), Object.getOwnPropertyDescriptors(less)) as ReturnType<FakeOrigin['tab']>,
    );
    for (const value of [1, 2]) {
      const running = tab.run(value);
      (await heard(tab, value))[value - 1]!.resolve(result(value));
      expect(await running).toEqual(result(value));
    }
    expect(tab.engines).toHaveLength(1);
  });
});
