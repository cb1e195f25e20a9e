import type { Page } from 'playwright';
import type { Row } from '../suite.js';
import { median, ratios, type Samples } from '../support/samples.js';
import { rounded, rowOf } from '../support/table.js';
import { interleave } from '../support/timing.js';

/** For `serveSite`. */
export const reloadPages = ['reload/page/cached.html', 'reload/page/runtime.html'];

export type Reloads = Samples<'indexeddb' | 'runtime' | 'indexeddbScript' | 'runtimeScript'>;

/** Fresh pages in turn, all with one HTTP cache: one answers from IndexedDB, the other loads the runtime and the model. */
export async function measureReloads(page: Page, site: string, rounds: number): Promise<Reloads> {
  const query = `integrity=${encodeURIComponent(await smallModelIntegrity(site))}`;
  const [cached, runtime] = reloadPages.map((name) => `${site}/${name}?${query}`) as [string, string];
  // The first page computes the answer that those after it find.
  await answerOf(page, cached);
  const samples = await interleave(rounds, {
    indexeddb: () => answerFrom('indexeddb', page, cached),
    runtime: () => answerFrom('runtime', page, runtime),
  });
  return {
    indexeddb: samples.indexeddb.map(({ sinceNavigation }) => sinceNavigation),
    runtime: samples.runtime.map(({ sinceNavigation }) => sinceNavigation),
    indexeddbScript: samples.indexeddb.map(({ sinceScript }) => sinceScript),
    runtimeScript: samples.runtime.map(({ sinceScript }) => sinceScript),
  };
}

/** @param name What the reload was like. */
export function reloadRows(name: string, reloads: Reloads): Row[] {
  return [
    rowOf(`${name}: from navigation, from IndexedDB`, 'ms', reloads.indexeddb),
    rowOf(`${name}: from navigation, loading ONNX Runtime`, 'ms', reloads.runtime),
    rowOf(`${name}: from script start, from IndexedDB`, 'ms', reloads.indexeddbScript),
    rowOf(`${name}: from script start, loading ONNX Runtime`, 'ms', reloads.runtimeScript),
  ];
}

/** How many times sooner the answer from IndexedDB is there. */
export function timesSooner(reloads: Reloads): {
  readonly fromNavigation: number;
  readonly fromScript: number;
} {
  return {
    fromNavigation: rounded(median(ratios(reloads.runtime, reloads.indexeddb))),
    fromScript: rounded(median(ratios(reloads.runtimeScript, reloads.indexeddbScript))),
  };
}

/** The digest of the model that the pages ask, as the manifest names it. */
export async function smallModelIntegrity(site: string): Promise<string> {
  const manifest = (await (await fetch(`${site}/models/manifest.json`)).json()) as {
    name: string;
    integrity: string;
  }[];
  return manifest.find(({ name }) => name === 'language-id-small')!.integrity;
}

interface Measured {
  readonly source: string;
  readonly sinceNavigation: number;
  readonly sinceScript: number;
}

async function answerFrom(source: string, page: Page, url: string): Promise<Measured> {
  const measured = await answerOf(page, url);
  if (measured.source !== source) throw new Error(`Answered by ${measured.source}, not ${source}`);
  return measured;
}

async function answerOf(page: Page, url: string): Promise<Measured> {
  await page.goto(url);
  await page.waitForFunction(() => 'measured' in window);
  return page.evaluate(() => (window as unknown as { measured: Measured }).measured);
}
