import { busyModel } from '../../../packages/onnx/test/support/testModels.js';
import { openProfile } from '../../support/browser.js';
import { servePages } from '../../support/builtPages.js';
import { serveBytes } from '../../support/bytesServer.js';
import { SharingTab } from '../../support/sharingTab.js';
import { median } from '../support/samples.js';
import { interleave } from '../support/timing.js';

/** ms from a call to its answer. */
export interface ShareLatency {
  /** In a tab with a worker of its own. */
  readonly own: number;
  /** In the tab that has the worker of all. */
  readonly leader: number;
  /** In another one. */
  readonly follower: number;
}

export interface ShareLatencyOptions {
  /** Products that the model computes: its cost. */
  readonly times: number;
  /** @default 15 */
  readonly rounds?: number;
  /** Predictions of one round, one after the other. @default 100 */
  readonly runs?: number;
}

const size = 64;

/** What a call takes in a tab that has another tab's worker answer it. */
export async function measureShareLatency(options: ShareLatencyOptions): Promise<ShareLatency> {
  const { times, rounds = 15, runs = 100 } = options;
  const pages = await servePages(['sharing.html']);
  const model = await serveBytes(busyModel({ size, times }));
  const profile = await openProfile();
  try {
    const open = (share?: string) =>
      SharingTab.open(profile.context, { url: `${pages.url}sharing.html`, share, size });
    const [own, leader, follower] = [await open(), await open(''), await open('')];
    for (const tab of [own, leader, follower]) await tab.tell('timePerRun', model.url, runs);
    if (leader.workers !== 1 || follower.workers !== 0) throw new Error('They do not share');
    const samples = await interleave(rounds, {
      own: () => own.tell('timePerRun', model.url, runs),
      leader: () => leader.tell('timePerRun', model.url, runs),
      follower: () => follower.tell('timePerRun', model.url, runs),
    });
    return {
      own: median(samples.own),
      leader: median(samples.leader),
      follower: median(samples.follower),
    };
  } finally {
    await profile.close();
    await model.close();
    await pages.close();
  }
}
