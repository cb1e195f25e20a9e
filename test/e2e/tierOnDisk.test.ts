import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProfile } from '../support/browser.js';
import { type BuiltPages, servePages } from '../support/builtPages.js';
import type { TierPage } from './pages/tier.js';

let pages: BuiltPages;

beforeAll(async () => {
  pages = await servePages(['tier.html', 'elsewhere.html']);
});
afterAll(async () => {
  await pages?.close();
});

async function openTierPage(page: Page): Promise<void> {
  await page.goto(`${pages.url}tier.html`);
  await page.waitForFunction(() => 'tierPage' in window);
}

/** Which texts are found in the files below a folder, in UTF-8 or UTF-16. */
async function textsIn(folder: string, texts: readonly string[]): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(path.join(file.parentPath, file.name))),
  );
  return texts.filter((text) =>
    contents.some((bytes) => bytes.includes(text, 0, 'utf8') || bytes.includes(text, 0, 'utf16le')),
  );
}

describe('the persistent tier in a browser with a profile on disk', () => {
  it('no input is in the files, which do hold what is stored', async () => {
    const input = 'MARKER-of-an-input-4f1c7b';
    const answer = 'MARKER-of-an-answer-9a3e2d';
    const profile = await openProfile();
    try {
      const page = await profile.context.newPage();
      await openTierPage(page);
      const entries = await page.evaluate(
        ([text, answer]) => (window as unknown as { tierPage: TierPage }).tierPage.predict(text, answer),
        [`a text with a ${input} in it`, `the answer has a ${answer} in it`] as const,
      );
      expect(entries).toBe(1);
      await profile.context.close();
      const folder = path.join(profile.folder, 'Default', 'IndexedDB');
      expect(await textsIn(folder, [input, answer])).toEqual([answer]);
      // Nor anywhere else in the profile.
      expect(await textsIn(profile.folder, [input])).toEqual([]);
    } finally {
      await profile.close();
    }
  });

  it('its page is kept for going back to it, and the tier goes on there', async () => {
    const profile = await openProfile({ keepsPages: true });
    try {
      const page = await profile.context.newPage();
      await openTierPage(page);
      const used = () => (window as unknown as { tierPage: TierPage }).tierPage.use();
      expect(await page.evaluate(used)).toBe(1);
      await page.goto(`${pages.url}elsewhere.html`);
      expect(await page.title()).toBe('Elsewhere');
      await page.evaluate(() => history.back());
      await expect.poll(() => page.title(), { timeout: 10_000 }).toBe('A page with a persistent tier');
      const restored = () => (window as unknown as { tierPage: TierPage }).tierPage.restored;
      expect(await page.evaluate(restored)).toEqual({ wasKept: true, found: true, written: 1 });
    } finally {
      await profile.close();
    }
  });
});
