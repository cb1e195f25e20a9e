import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProfile, type Profile } from '../support/browser.js';
import { buildPages } from '../support/builtPages.js';
import { FileServer } from '../support/fileServer.js';
import { FileTab } from '../support/fileTabs.js';
import { GeneratedFile } from '../support/generatedFile.js';
import { memoryPeak } from '../support/processMemory.js';
import { type SiteServer, serveSite } from '../support/siteServer.js';

const size = 300_000_000;
const file = new GeneratedFile(size, 'large');
const files = new FileServer();
let profile: Profile;
let site: SiteServer;
let tab: FileTab;

beforeAll(async () => {
  const folder = await buildPages(['modelFiles.html'], 'largeModelPages');
  files.files.set('/large.onnx', { file, etag: '"1"' });
  files.files.set('/huge.onnx', { file: new GeneratedFile(2 ** 31 + 5, 'huge'), etag: '"1"' });
  site = await serveSite({ folder, answer: (request, response) => files.answer(request, response) });
  profile = await openProfile();
  tab = await FileTab.open(profile, site.url);
});
afterAll(async () => {
  await profile?.close();
  await site?.close();
});

async function measuredLoad(integrity: string) {
  const model = { name: 'm', version: '1', url: `${site.url}large.onnx`, integrity };
  // A process of its own, in which no other load left anything.
  const own = await FileTab.open(profile, site.url);
  const peak = await memoryPeak(profile.context, async () => {
    const { error } = await own.load(model);
    if (error !== undefined) throw new Error(error.message);
  });
  await own.page.close();
  return peak;
}

/** What else a part, the pipes to other processes and a worker take. */
const allowance = 50_000_000;

describe('a model of 300 MB', () => {
  it('is downloaded, hashed and stored with one copy of it in the worker', async () => {
    const { integrity } = file;
    const first = await measuredLoad(integrity);
    expect(first.renderer).toBeGreaterThan(size * 0.9);
    expect(first.renderer).toBeLessThan(size + allowance);
    expect(await tab.tell('list')).toMatchObject([{ storedSize: size, isComplete: true }]);
    files.isDown = true;
    // Later the worker hands it to the runtime, which makes a copy as well.
    const again = await measuredLoad(integrity);
    // WebCrypto makes a copy of what it hashes.
    expect(again.renderer).toBeLessThan(2 * size + allowance);
    files.isDown = false;
  });

  it('of more than 2 GB is refused before it comes, naming external data', async () => {
    const outcome = await tab.load({ name: 'huge', version: '1', url: `${site.url}huge.onnx` });
    expect(outcome.error).toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('external data'),
    });
  });
});
