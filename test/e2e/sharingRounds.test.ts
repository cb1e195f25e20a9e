import { afterAll, beforeAll, expect, it } from 'vitest';
import { modelServer } from '../../packages/onnx/test/support/modelServer.js';
import { busyModel } from '../../packages/onnx/test/support/testModels.js';
import { randomNumbers } from '../bench/support/randomNumbers.js';
import { openProfile, type Profile } from '../support/browser.js';
import { type BuiltPages, servePages } from '../support/builtPages.js';
import { SharingTab } from '../support/sharingTab.js';
import type { Outcome } from './pages/sharing.js';

const size = 64;
/** Some ms a row. */
const model = busyModel({ size, times: 500 });
const rounds = 30;
/** Different inputs. */
const inputs = 10;
const callsOfTab = 8;
const fewestTabs = 2;
const mostTabs = 5;
const fates = ['is closed', 'crashes', 'is left', 'is frozen', 'aborts', 'is opened', 'is opened'] as const;

let pages: BuiltPages;
let profile: Profile;

beforeAll(async () => {
  pages = await servePages(['sharing.html', 'elsewhere.html']);
  profile = await openProfile({ keepsPages: true });
});
afterAll(async () => {
  await profile?.close();
  await pages?.close();
});

it('answer all calls rightly while tabs come and go in 30 rounds', { timeout: 300_000 }, async ({
  onTestFailed,
}) => {
  const seed = Math.floor(Math.random() * 1e6);
  onTestFailed(() => console.error(`The seed was ${seed}`));
  const random = randomNumbers(seed);
  const among = <T>(those: readonly T[]): T => those[Math.floor(random() * those.length)]!;
  const models = await modelServer((_request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.end(model);
  });
  const open = (share?: string) =>
    SharingTab.open(profile.context, { url: `${pages.url}sharing.html`, share, size });

  const own = await open();
  const expected: Outcome[] = [];
  for (let input = 0; input < inputs; input++) expected.push(await own.predict(models.url, input, 4));
  await own.page.close();
  for (const outcome of expected) expect(outcome).toHaveProperty('bits');

  let tabs: SharingTab[] = await Promise.all([open(''), open(''), open('')]);
  let answered = 0;
  let asked = 0;
  const happened = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    const names = Array.from({ length: callsOfTab }, (_, call) => `round ${round} call ${call}`);
    await Promise.all(
      tabs.map((tab, index) =>
        tab.tellAll(
          names.map((name, call) => ['ask', name, models.url, (index + call + round) % inputs, 4] as const),
        ),
      ),
    );
    asked += tabs.length * callsOfTab;
    const leader = tabs.find(({ workers }) => workers > 0);
    const who = leader !== undefined && random() < 0.5 ? leader : among(tabs);
    // As many answers as that are there when it happens.
    await who.tell('outcome', among(names));
    const fate = among(
      fates.filter((fate) =>
        fate === 'is opened'
          ? tabs.length < mostTabs
          : !fate.match(/is closed|crashes/) || tabs.length > fewestTabs,
      ),
    );
    happened.set(fate, (happened.get(fate) ?? 0) + 1);
    const before = tabs;
    let opened: SharingTab | undefined;
    const aborted = new Set<string>();
    if (fate === 'is closed') await who.page.close();
    else if (fate === 'crashes') {
      await who.crash();
      await who.page.close();
    } else if (fate === 'is left') {
      await who.page.goto(`${pages.url}elsewhere.html`);
      await who.page.evaluate(() => history.back());
      await expect.poll(() => who.page.title(), { timeout: 30_000 }).toMatch(/one engine/);
    } else if (fate === 'is frozen') {
      await who.tell('freeze');
      await among(before.filter((tab) => tab !== who)).tell('outcome', names[0]!);
      await who.tell('resume');
    } else if (fate === 'aborts') {
      for (const name of names) {
        if (random() < 0.5) continue;
        aborted.add(name);
        await who.tell('abort', name);
      }
    } else opened = await open('');
    if (fate === 'is closed' || fate === 'crashes') tabs = before.filter((tab) => tab !== who);
    if (opened !== undefined) tabs = [...before, opened];
    for (const [index, tab] of before.entries()) {
      if (!tabs.includes(tab)) continue;
      for (const [call, name] of names.entries()) {
        const outcome = await tab.tell('outcome', name);
        const right = expected[(index + call + round) % inputs]!;
        const isAborted = tab === who && aborted.has(name);
        if (isAborted && 'error' in outcome) expect(outcome).toEqual({ error: 'left' });
        else expect(outcome, `${name} of tab ${index}, of which one ${fate}`).toEqual(right);
        expect(await tab.tell('begun', name)).toBeLessThanOrEqual(1);
        answered++;
      }
    }
  }
  await expect.poll(() => tabs.reduce((sum, { workers }) => sum + workers, 0), { timeout: 30_000 }).toBe(1);
  console.log(`Of ${asked} calls ${answered} could be answered and were:`, Object.fromEntries(happened));
});
