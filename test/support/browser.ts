import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright';
import { chromiumArguments, findChromium } from '../../scripts/lib/chromium.mjs';

export interface Profile {
  readonly context: BrowserContext;
  /** Where everything is that the browser keeps. */
  readonly folder: string;
  /** Also removes the folder. */
  close(): Promise<void>;
}

export interface ProfileOptions {
  /** Whether pages are kept for going back to them, as a person's browser does and a test's does not. */
  readonly keepsPages?: boolean;
}

/** A Chromium with a profile on disk of its own, as a person's browser has: storage and HTTP cache are real. */
export async function openProfile({ keepsPages = false }: ProfileOptions = {}): Promise<Profile> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'predcache-profile-'));
  const executablePath = findChromium();
  const context = await chromium.launchPersistentContext(folder, {
    headless: true,
    args: chromiumArguments,
    ...(keepsPages ? { ignoreDefaultArgs: ['--disable-back-forward-cache'] } : {}),
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  return {
    context,
    folder,
    close: async () => {
      await context.close();
      // The browser's last process may still be writing when its pipe is closed.
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
