import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ModelServer, modelServer } from '../../packages/onnx/test/support/modelServer.js';
import { busyModel } from '../../packages/onnx/test/support/testModels.js';
import { openProfile, type Profile } from '../support/browser.js';
import { type BuiltPages, servePages } from '../support/builtPages.js';
import { SharingTab } from '../support/sharingTab.js';

const size = 64;
const quick = busyModel({ size, times: 2 });
/** Some ms a row. */
const slow = busyModel({ size, times: 2000 });

let pages: BuiltPages;
let profile: Profile;
let models: ModelServer;

beforeAll(async () => {
  pages = await servePages(['sharing.html', 'elsewhere.html']);
});
afterAll(async () => {
  await pages?.close();
});
beforeEach(async () => {
  profile = await openProfile({ keepsPages: true });
  models = await modelServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('content-type', 'application/octet-stream');
    response.end(request.url === '/slow.onnx' ? slow : quick);
  });
});
afterEach(async () => {
  await profile?.close();
});

const modelUrl = (name: string) => new URL(name, models.url).href;
const openTab = (share?: string) =>
  SharingTab.open(profile.context, { url: `${pages.url}sharing.html`, share, size });
const openTabs = (count: number) => Promise.all(Array.from({ length: count }, () => openTab('')));
const workersOf = (tabs: readonly SharingTab[]) => tabs.reduce((sum, { workers }) => sum + workers, 0);

describe('five tabs that share', () => {
  it('have one worker and one download, and answer with the bits of a worker of their own', async () => {
    const own = await openTab();
    const expected = await own.predict(modelUrl('quick.onnx'), 1, 3);
    expect(models.requests).toHaveLength(1);
    const tabs = await openTabs(5);
    const outcomes = await Promise.all(tabs.map((tab) => tab.predict(modelUrl('quick.onnx'), 1, 3)));
    expect(expected).toHaveProperty('bits');
    for (const outcome of outcomes) expect(outcome).toEqual(expected);
    expect(workersOf(tabs)).toBe(1);
    expect(models.requests).toHaveLength(2);
  });
});
