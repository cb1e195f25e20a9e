import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openProfile, type Profile } from '../support/browser.js';
import { buildPages } from '../support/builtPages.js';
import { root } from '../support/runningCommand.js';
import { type SiteServer, serveSite } from '../support/siteServer.js';
import type { OfflineModelPage } from './pages/offlineModel.js';

const modelPath = '/language-id-small.onnx';
let modelFile: Buffer;
let integrity: string;
let profile: Profile;
let site: SiteServer;
let isDown = false;

beforeAll(async () => {
  const folder = await buildPages(['offlineModel.html'], 'offlineModelPages');
  modelFile = await readFile(path.join(root, 'models/language-id-small.onnx'));
  integrity = `sha256-${createHash('sha256').update(modelFile).digest('base64')}`;
  site = await serveSite({
    folder,
    answer: (request, response) => {
      if (request.url !== modelPath) return false;
      if (isDown) request.socket.destroy();
      else response.writeHead(200, { 'cache-control': 'no-store', etag: '"1"' }).end(modelFile);
      return true;
    },
  });
  profile = await openProfile();
});
afterAll(async () => {
  await profile?.close();
  await site?.close();
});

async function openPage(): Promise<Page> {
  const page = await profile.context.newPage();
  onTestFinished(() => page.close());
  await page.goto(`${site.url}offlineModel.html`);
  await page.waitForFunction(() => 'offlineModelPage' in window);
  return page;
}

function tell<Name extends keyof OfflineModelPage>(
  page: Page,
  name: Name,
  ...given: Parameters<OfflineModelPage[Name]>
): Promise<Awaited<ReturnType<OfflineModelPage[Name]>>> {
  return page.evaluate(
    ([name, given]) =>
      // biome-ignore lint/suspicious/noExplicitAny: the types are those of this function
      ((window as any).offlineModelPage[name] as (...given: unknown[]) => any)(...given),
    [name, given] as const,
  );
}

it.each([
  ['with a digest', true],
  ['without one', false],
])('a model %s runs in a later page without its server, and can be deleted', async (_case, isChecked) => {
  isDown = false;
  const given = isChecked ? ([integrity] as const) : [];
  const first = await openPage();
  expect(await tell(first, 'availability', ...given)).toMatchObject({ state: 'downloadable' });
  const answer = await tell(first, 'run', ...given);
  await first.close();

  isDown = true;
  const later = await openPage();
  expect(await tell(later, 'availability', ...given)).toMatchObject({ state: 'available' });
  const before = site.paths.filter((one) => one === modelPath).length;
  expect(await tell(later, 'run', ...given)).toEqual(answer);
  if (isChecked) expect(site.paths.filter((one) => one === modelPath)).toHaveLength(before);
  expect(await tell(later, 'files')).toMatchObject([
    { name: 'language-id', version: '1', storedSize: modelFile.length, isComplete: true },
  ]);

  expect(await tell(later, 'deleteFiles')).toBe(modelFile.length);
  expect(await tell(later, 'files')).toEqual([]);
  const last = await openPage();
  expect(await tell(last, 'availability', ...given)).toMatchObject({ state: 'downloadable' });
});
