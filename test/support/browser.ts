import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright';
import { chromiumArguments, findChromium } from '../../scripts/lib/chromium.mjs';

export interface Profile {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** A Chromium with a profile on disk of its own, as a person's browser has: storage and HTTP cache are real. */
export async function openProfile(): Promise<Profile> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'predcache-profile-'));
  const executablePath = findChromium();
  const context = await chromium.launchPersistentContext(folder, {
    headless: true,
    args: chromiumArguments,
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  return {
    context,
    close: async () => {
      await context.close();
      // The browser's last process may still be writing when its pipe is closed.
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
