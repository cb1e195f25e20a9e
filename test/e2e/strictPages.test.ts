import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openProfile, type Profile } from '../support/browser.js';
import { buildPages } from '../support/builtPages.js';
import { root } from '../support/runningCommand.js';
import { type SiteServer, serveSite } from '../support/siteServer.js';
import type { StrictPage } from './pages/strict.js';

const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

let folder: string;
let modelFile: Buffer;
let profile: Profile;

beforeAll(async () => {
  folder = await buildPages(['strict.html'], 'strictPages');
  modelFile = await readFile(path.join(root, 'models/language-id-small.onnx'));
  profile = await openProfile();
});
afterAll(async () => {
  await profile?.close();
});

async function serve(headers: Record<string, string>): Promise<SiteServer> {
  const site = await serveSite({
    folder,
    headers,
    answer: (request, response) => {
      if (request.url !== '/language-id-small.onnx') return false;
      response.writeHead(200, headers).end(modelFile);
      return true;
    },
  });
  onTestFinished(() => site.close());
  return site;
}

async function openStrictPage(site: SiteServer) {
  const page = await profile.context.newPage();
  onTestFinished(() => page.close());
  const requested: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('worker', (worker) => requested.push(worker.url()));
  await page.goto(`${site.url}strict.html`);
  await page.waitForFunction(() => 'strictPage' in window);
  const tell = <Name extends keyof StrictPage>(name: Name) =>
    page.evaluate(
      // biome-ignore lint/suspicious/noExplicitAny: the types are those of the page
      async (name) => (window as any).strictPage[name](),
      name,
    );
  const violations = () =>
    page.evaluate(() => (window as unknown as { strictPage: StrictPage }).strictPage.violations);
  return { requested, complaints, tell, violations };
}

describe.each<[string, Record<string, string>, boolean]>([
  ['a strict policy', { 'content-security-policy': policy }, false],
  [
    "a strict policy, and 'self' for the rest",
    { 'content-security-policy': `default-src 'self'; ${policy}` },
    false,
  ],
  ['a strict policy and isolation', { 'content-security-policy': policy, ...isolation }, true],
  [
    "a strict policy, 'self' for the rest, and isolation",
    { 'content-security-policy': `default-src 'self'; ${policy}`, ...isolation },
    true,
  ],
])('a page with %s', (_case, headers, isIsolated) => {
  it('predicts on the device, asks no other origin, and violates nothing', async () => {
    const site = await serve(headers);
    const { requested, complaints, tell, violations } = await openStrictPage(site);
    expect(await tell('isIsolated')).toBe(isIsolated);
    const { source, output } = await tell('predict');
    expect(source).toBe('on_device');
    expect(output.length).toBeGreaterThan(1);
    expect(output.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 3);
    expect(requested.filter((url) => !url.startsWith(site.url))).toEqual([]);
    expect(requested.some((url) => url.endsWith('.wasm'))).toBe(true);
    expect(await violations()).toEqual([]);
    expect(complaints).toEqual([]);

    await tell('violate');
    await expect
      .poll(async () => (await violations()).sort())
      .toEqual(['page: script-src eval', 'worker: script-src eval']);
  });
});
