import type { Page, Request } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openProfile, type Profile } from '../support/browser.js';
import { rowsOnDisk } from '../support/rowsOnDisk.js';
import { type Demo, startDemo } from '../support/runningCommand.js';

let demo: Demo;
let profile: Profile;
let page: Page;
let problems: string[];

beforeAll(async () => {
  demo = await startDemo();
});
afterAll(async () => {
  await demo?.command.stop();
});
beforeEach(async () => {
  profile = await openProfile();
  page = await profile.context.newPage();
  problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(demo.url);
});
afterEach(async () => {
  await profile.close();
});

const field = (name: string) => page.getByTestId(name);

/** Types a text and waits for its answer. */
async function ask(text: string, source: string | RegExp): Promise<string> {
  await field('input').fill(text);
  await expect.poll(() => field('source').textContent(), { timeout: 20_000 }).toMatch(source);
  return (await field('language').textContent()) ?? '';
}

/** Until the model is loaded, which goes on behind the answers of the API. */
const computed = /on_device|in_cloud/;

/** Asks for one new text after another until the device answers. */
async function untilLoaded(): Promise<void> {
  let text = 'un';
  const askAgain = async () => {
    text += ' deux';
    await field('input').fill(text);
    await expect.poll(() => field('source').textContent()).toMatch(computed);
    return field('source').textContent();
  };
  await expect.poll(askAgain, { timeout: 20_000 }).toBe('on_device');
}

const isHeavy = (request: Request) => /\.(wasm|onnx)$/.test(new URL(request.url()).pathname);

describe('the demo', () => {
  it('answers from the API while the model loads, then from memory and the device, with everything real', async () => {
    expect(await ask('bonjour tout le monde', computed)).toBe('fr');
    await field('input').fill('');
    expect(await ask('bonjour tout le monde', 'memory')).toBe('fr');
    // The numbers follow the answer by a frame.
    await expect.poll(() => field('latency').textContent()).toMatch(/\d/);
    await expect.poll(() => field('requests').textContent()).toMatch(/[1-9]/);
    await expect.poll(() => field('hit-ratio').textContent()).toMatch(/%/);
    await untilLoaded();
    expect(problems).toEqual([]);
  });

  it('knows languages, per text and per sentence', async () => {
    for (const [text, code] of [
      ['Wo ist der nächste Bahnhof, bitte?', 'de'],
      ['¿Dónde está la estación de tren?', 'es'],
      ['Где находится вокзал?', 'ru'],
    ] as const) {
      await field('input').fill(text);
      await expect.poll(() => field('language').textContent(), { timeout: 20_000 }).toBe(code);
    }
    await field('input').fill('Good morning, how are you today? Wie spät ist es gerade?');
    await expect.poll(() => field('sentence').allTextContents()).toHaveLength(2);
    await expect
      .poll(async () => (await field('sentence').allTextContents()).join(' '))
      .toMatch(/en[\s\S]*de/i);
  });

  it('answers a known text from IndexedDB after a reload, before the runtime or the model is asked for', async () => {
    await ask('dove si trova la stazione', computed);
    await expect.poll(() => rowsOnDisk(page)).toBeGreaterThan(0);
    const heavy: string[] = [];
    page.on('request', (request) => isHeavy(request) && heavy.push(request.url()));
    await page.reload();
    expect(await ask('dove si trova la stazione', 'indexeddb')).toBe('it');
    expect(heavy).toEqual([]);
    // Something new does load them: the listener above hears it.
    await ask('sono arrivato a casa molto tardi ieri sera', computed);
    await expect.poll(() => heavy.length).toBeGreaterThan(0);
  });

  it('loads neither the runtime nor the model before the first miss', async () => {
    const heavy: string[] = [];
    page.on('request', (request) => isHeavy(request) && heavy.push(request.url()));
    await page.reload();
    await field('input').waitFor();
    expect(heavy).toEqual([]);
    expect(page.workers()).toEqual([]);
  });

  it('goes on without the network: known texts, and once the model is loaded new ones', async () => {
    const other = await startDemo();
    await page.goto(other.url);
    await ask('hyvää huomenta kaikille', computed);
    await untilLoaded();
    await other.command.stop();
    await profile.context.setOffline(true);
    await field('input').fill('');
    expect(await ask('hyvää huomenta kaikille', 'memory')).toBe('fi');
    expect(await ask('missä on lähin rautatieasema', 'on_device')).toBe('fi');
    expect(problems).toEqual([]);
  });

  it('answers from the API when the worker is broken, and says so', async () => {
    await profile.context.route(/\.wasm$/, (route) => route.abort());
    await page.reload();
    expect(await ask('god morgon, hur mår du', 'in_cloud')).toBe('sv');
    // The model is loaded behind the answer, so that this fails a little later.
    const noticed = async () => (await field('notice').allTextContents()).join(' ');
    await expect.poll(noticed, { timeout: 20_000 }).toMatch(/API|cloud/i);
    expect(await ask('tack så mycket för hjälpen', 'in_cloud')).toBe('sv');
  });

  it('computes where the controls say: device or cloud, small or large', async () => {
    await field('engine-select').selectOption('cloud');
    expect(await ask('jak się masz dzisiaj', 'in_cloud')).toBe('pl');
    await field('model-select').selectOption('large');
    await field('engine-select').selectOption('device');
    await untilLoaded();
    expect(await ask('günaydın, bugün nasılsın', 'on_device')).toBe('tr');
    // Another model never answers for this one.
    await field('input').fill('');
    await field('model-select').selectOption('small');
    await untilLoaded();
    expect(await ask('günaydın, bugün nasılsın', 'on_device')).toBe('tr');
  });

  it('clears every tier', async () => {
    await ask('jó napot kívánok mindenkinek', computed);
    await expect.poll(() => rowsOnDisk(page)).toBeGreaterThan(0);
    await field('clear').click();
    await expect.poll(() => rowsOnDisk(page)).toBe(0);
    await field('input').fill('');
    await ask('jó napot kívánok mindenkinek', computed);
  });

  it('plays a feed in which repeats are hits', async () => {
    await field('play-feed').click();
    await expect
      .poll(async () => Number.parseInt((await field('requests').textContent()) ?? '0', 10), {
        timeout: 45_000,
      })
      .toBeGreaterThan(60);
    expect(Number.parseFloat((await field('hit-ratio').textContent()) ?? '0')).toBeGreaterThan(10);
    await field('play-feed').click();
  });

  it('can be used by keyboard, and read on a phone without scrolling sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    await ask('buenas noches a todos', /indexeddb|on_device|in_cloud/);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
    const reached = new Set<string | null>();
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null));
    }
    for (const name of ['input', 'model-select', 'engine-select', 'clear', 'play-feed'])
      expect([...reached]).toContain(name);
  });
});
