import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumArguments, findChromium } from '../../scripts/lib/chromium.mjs';
import { type ServedPage, servedPage } from '../support/servedPage.js';
import type { Answered, Asked } from './pages/backends.js';

const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
const strict = {
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' data:",
};

interface OpenPage {
  /** A worker is asked directly. */
  ask(asked: Asked): Promise<Answered>;
  /** The page's engine is asked. */
  askEngine(asked: Asked): Promise<Answered>;
  violations(): Promise<readonly string[]>;
  workers(): number;
  close(): Promise<void>;
}

async function openPage(browser: Browser, { url }: ServedPage): Promise<OpenPage> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', ({ message }) => problems.push(message));
  let workers = 0;
  page.on('worker', () => {
    workers += 1;
  });
  await page.goto(url);
  await page.waitForFunction(() => 'ask' in globalThis);
  return {
    ask: (asked) => page.evaluate((parameters) => (globalThis as unknown as OpenPage).ask(parameters), asked),
    askEngine: (asked) =>
      page.evaluate((parameters) => (globalThis as unknown as OpenPage).askEngine(parameters), asked),
    violations: async () => [
      ...problems.filter((problem) => /security policy/i.test(problem)),
      ...(await page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations)),
    ],
    workers: () => workers,
    close: () => page.close(),
  };
}

async function launch(...more: readonly string[]): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({
    headless: true,
    args: [...chromiumArguments, ...more],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
}

function expectClose(one: Answered, other: Answered): void {
  expect(one.outputs).toHaveLength(other.outputs!.length);
  for (const [item, output] of one.outputs!.entries())
    for (const [name, values] of Object.entries(output))
      for (const [at, value] of values.entries())
        expect(value).toBeCloseTo(other.outputs![item]![name]![at]!, 4);
}

describe.each([
  ['built, under a strict policy', 'built', { ...isolated, ...strict }],
  ['from the development server', 'dev', isolated],
] as const)('threads on an isolated page, %s', (_case, how, headers) => {
  let served: ServedPage;
  let browser: Browser;
  let page: OpenPage;
  beforeAll(async () => {
    served = await servedPage('backends.html', { how, headers });
    browser = await launch();
    page = await openPage(browser, served);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  it('compute, as many as were asked for, and say so', async () => {
    const before = page.workers();
    const one = await page.ask({ entry: 'wasm', model: 'digits', threads: 1 });
    expect(one.backend).toBe('wasm');
    const two = await page.ask({ entry: 'wasm', model: 'digits', threads: 2 });
    expect(two).toMatchObject({ backend: 'wasm-2-threads' });
    // A worker for each engine, and one for the second one's other thread.
    expect(page.workers() - before).toBe(3);
    expectClose(two, one);
    expect(await page.violations()).toEqual([]);
  });

  it('are said to be the trouble where the device does not give them their memory; one does without', async () => {
    const { failure } = await page.ask({ entry: 'noMoreWorkers', model: 'digits', threads: 2 });
    expect(failure).toMatchObject({ fatal: true, details: { runtime: 'broken', threads: 2 } });
    expect(failure!.message).toContain('Out of memory');
    expect(await page.ask({ entry: 'noMoreWorkers', model: 'digits', threads: 1 })).toMatchObject({
      backend: 'wasm',
    });
  });
});

describe('an engine whose runtime cannot start its threads', () => {
  it('starts it once more, with one', async () => {
    const served = await servedPage('backends.html', { how: 'built', headers: { ...isolated, ...strict } });
    const browser = await launch();
    try {
      const page = await openPage(browser, served);
      const one = await page.askEngine({ entry: 'wasm', model: 'digits', threads: 1 });
      const other = await page.askEngine({ entry: 'noMoreWorkers', model: 'digits', threads: 2 });
      expect(other).toMatchObject({ backend: 'wasm', outputs: one.outputs });
    } finally {
      await browser.close();
      await served.close();
    }
  });
});

describe('on a page that is not isolated', () => {
  let served: ServedPage;
  beforeAll(async () => {
    served = await servedPage('backends.html', { how: 'built', headers: strict });
  });
  afterAll(() => served?.close());

  it('there is one thread, however many are asked for', async () => {
    const browser = await launch();
    const page = await openPage(browser, served);
    expect(await page.ask({ entry: 'wasm', model: 'digits', threads: 4 })).toMatchObject({ backend: 'wasm' });
    expect(await page.violations()).toEqual([]);
    await browser.close();
  });

  it('the entry for WebGPU computes on the GPU, says so, and comes to the same answers', async () => {
    const browser = await launch('--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader');
    const page = await openPage(browser, served);
    const onGpu = await page.ask({ entry: 'webgpu', model: 'digits' });
    expect(onGpu.failure).toBeUndefined();
    expect(onGpu.backend).toBe('webgpu');
    const wasm = await page.ask({ entry: 'wasm', model: 'digits' });
    expectClose(onGpu, wasm);
    expect(await page.ask({ entry: 'webgpu', model: 'wholeNumbers' })).toEqual({
      backend: 'wasm',
      outputs: [{ y: [1] }, { y: [4] }, { y: [9] }],
    });
    expect(await page.violations()).toEqual([]);
    await browser.close();
  });

  it('and has no GPU, the entry for WebGPU computes with wasm', async () => {
    const browser = await launch();
    const page = await openPage(browser, served);
    const without = await page.ask({ entry: 'webgpu', model: 'digits' });
    expect(without.failure).toBeUndefined();
    expect(without.backend).toBe('wasm');
    await browser.close();
  });
});
