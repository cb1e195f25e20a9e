import { expect, onTestFinished, vi } from 'vitest';
import type { Methods } from '../../src/session/methods.js';
import { SharedCalls, type SharedCallsOptions } from '../../src/share/sharedCalls.js';
import type { Surroundings } from '../../src/share/surroundings.js';
import { vector } from '../support/engineModels.js';
import { FakeEngine } from './fakeEngine.js';
import type { FakeOrigin, FakeTab } from './fakeTabs.js';

export type RunArgument = Methods['run']['argument'];

export const settings = { modelCache: false } as const;
export const model = { name: 'm', version: '1', url: 'https://example.test/m.onnx' };
export const argument = (...values: number[]): RunArgument => ({
  model,
  settings,
  batch: [vector(...values)],
});
export const result = (...values: number[]) => ({ outputs: [vector(...values)], backend: 'wasm' });

export interface Tab<In extends Surroundings = FakeTab> {
  readonly surroundings: In;
  readonly calls: SharedCalls;
  /** Those it has made, the latest last. */
  readonly engines: FakeEngine[];
  readonly run: (
    value: number,
    options?: Parameters<SharedCalls['call']>[2],
  ) => Promise<Methods['run']['result']>;
}

export function openTab<In extends Surroundings>(
  surroundings: In,
  options: Partial<SharedCallsOptions> = {},
): Tab<In> {
  const engines: FakeEngine[] = [];
  const calls = new SharedCalls(
    {
      name: 'test',
      interval: 20,
      createLocal: (onGone) => {
        const engine = new FakeEngine(onGone);
        engines.push(engine);
        return engine;
      },
      ...options,
    },
    surroundings,
  );
  onTestFinished(() => calls.dispose());
  const run = (value: number, options = {}) => calls.call('run', argument(value), options);
  return { surroundings, calls, engines, run };
}

/** The first tab leads, and the others have been answered once. */
export async function openTabs(
  origin: FakeOrigin,
  count: number,
  options: Partial<SharedCallsOptions> = {},
): Promise<Tab[]> {
  const tabs = Array.from({ length: count }, () => openTab(origin.tab(), options));
  const [leader, ...others] = tabs as [Tab, ...Tab[]];
  const first = leader.run(0);
  await heard(leader, 1);
  leader.engines[0]!.heard[0]!.resolve(result(0));
  await first;
  for (const [index, tab] of others.entries()) {
    const answered = tab.run(0);
    await heard(leader, index + 2);
    leader.engines[0]!.heard[index + 1]!.resolve(result(0));
    await answered;
  }
  leader.engines[0]!.heard.length = 0;
  return tabs;
}

/** Settles once the tab's latest engine has been called so often. */
export async function heard(tab: Pick<Tab, 'engines'>, count: number) {
  await vi.waitFor(() => expect(tab.engines.at(-1)?.heard).toHaveLength(count), { interval: 2 });
  return tab.engines.at(-1)!.heard;
}
