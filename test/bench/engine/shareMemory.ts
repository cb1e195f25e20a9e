import { setTimeout as pause } from 'node:timers/promises';
import { busyModel } from '../../../packages/onnx/test/support/testModels.js';
import { openProfile, type Profile } from '../../support/browser.js';
import { servePages } from '../../support/builtPages.js';
import { type BytesServer, serveBytes } from '../../support/bytesServer.js';
import { memoryOfProcesses } from '../../support/memoryOfProcesses.js';
import { SharingTab } from '../../support/sharingTab.js';
import { median } from '../support/samples.js';

export interface ShareMemory {
  /** MB of a browser with five tabs that have loaded no engine. */
  readonly without: number;
  /** … each with a worker of its own that has answered once. */
  readonly own: number;
  /** … of which one has the worker, all of them having been answered once. */
  readonly shared: number;
  /** `shared` over `own`, the browser and its tabs included. */
  readonly ratio: number;
  /** The same of what the engines add alone, `without` being subtracted from both. */
  readonly ratioOfEngines: number;
  /** Processes that the five tabs have, of their own or in common. */
  readonly renderers: number;
}

export interface ShareMemoryOptions {
  /** @default 3 */
  readonly rounds?: number;
  /** The weights are this number squared, 4 bytes each. @default 3_200, that is 41 MB */
  readonly size?: number;
}

const tabCount = 5;

/** The memory of five tabs that share one engine, beside five with an engine each. A fresh browser for each figure. */
export async function measureShareMemory(options: ShareMemoryOptions = {}): Promise<ShareMemory> {
  const { rounds = 3, size = 3_200 } = options;
  const pages = await servePages(['sharing.html']);
  const model = await serveBytes(busyModel({ size, times: 1 }));
  try {
    const measure = (kind: Kind) => measureOnce(kind, `${pages.url}sharing.html`, model, size);
    const measured: Record<Kind, Measured[]> = { without: [], own: [], shared: [] };
    for (let round = 0; round < rounds; round++) {
      for (const kind of ['without', 'own', 'shared'] as const) measured[kind].push(await measure(kind));
    }
    const megabytes = (kind: Kind) => median(measured[kind].map(({ memory }) => memory));
    const [without, own, shared] = [megabytes('without'), megabytes('own'), megabytes('shared')];
    const renderers = median(measured.shared.map(({ renderers }) => renderers));
    const ratioOfEngines = (shared - without) / (own - without);
    return { without, own, shared, ratio: shared / own, ratioOfEngines, renderers };
  } finally {
    await model.close();
    await pages.close();
  }
}

type Kind = 'without' | 'own' | 'shared';

interface Measured {
  readonly memory: number;
  readonly renderers: number;
}

async function measureOnce(kind: Kind, url: string, model: BytesServer, size: number): Promise<Measured> {
  const profile = await openProfile();
  try {
    const tabs: SharingTab[] = [];
    for (let index = 0; index < tabCount; index++) {
      const share = kind === 'shared' ? '' : undefined;
      tabs.push(await SharingTab.open(profile.context, { url, share, size }));
    }
    if (kind !== 'without') {
      for (const [index, tab] of tabs.entries()) {
        const outcome = await tab.predict(model.url, index);
        if ('error' in outcome) throw new Error(`A tab was not answered: ${outcome.error}`);
      }
    }
    return await settledMemory(profile);
  } finally {
    await profile.close();
  }
}

/** Once what was freed is given back, as far as it is: the browser takes its time. */
async function settledMemory(profile: Profile): Promise<Measured> {
  const session = await profile.context.browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const { id } = processInfo.find(({ type }) => type === 'browser')!;
  const renderers = processInfo.filter(({ type }) => type === 'renderer').length;
  const readings: number[] = [];
  // A new browser gives back 50 MB of its own in its first 9 s or so.
  const openedAt = performance.now();
  for (;;) {
    readings.push(memoryOfProcesses(id));
    const last = readings.slice(-4);
    const isSettled = Math.max(...last) - Math.min(...last) < 0.005 * last[0]!;
    const waited = performance.now() - openedAt;
    if ((waited > 12_000 && isSettled) || waited > 30_000) return { memory: median(last), renderers };
    await pause(500);
  }
}
