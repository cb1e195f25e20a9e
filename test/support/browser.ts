import { mkdtemp, readlink, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright';
import { chromiumArguments, findChromium } from '../../scripts/lib/chromium.mjs';
import { killGroup } from './processes.js';

export interface ProfileOptions {
  /**
   * Where the profile is. It stays there when the browser goes, for the next one.
   *
   * @default a folder of its own, removed when the profile is closed
   */
  readonly folder?: string | undefined;
  /** Whether pages are kept for going back to them, as a person's browser does and a test's does not. */
  readonly keepsPages?: boolean;
  /** More of the browser's command line. */
  readonly switches?: readonly string[];
}

export interface Profile {
  readonly context: BrowserContext;
  /** Where everything is that the browser keeps. */
  readonly folder: string;
  /** Ends the browser, unless it was killed, and removes a folder of its own. */
  close(): Promise<void>;
  /** `kill -9` for every process of this browser at one moment; settles when none of them runs any more. */
  kill(): Promise<void>;
}

/** A Chromium with a profile on disk of its own, as a person's browser has: storage and HTTP cache are real. */
export async function openProfile({
  folder: given,
  keepsPages = false,
  switches = [],
}: ProfileOptions = {}): Promise<Profile> {
  const folder = given ?? (await makeProfileFolder());
  const executablePath = findChromium();
  const context = await chromium.launchPersistentContext(folder, {
    headless: true,
    args: [...chromiumArguments, ...switches],
    ...(keepsPages ? { ignoreDefaultArgs: ['--disable-back-forward-cache'] } : {}),
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  const closed = new Promise((resolve) => context.once('close', resolve));
  let isKilled = false;
  return {
    context,
    folder,
    close: async () => {
      if (!isKilled) await context.close();
      if (given === undefined) await removeProfileFolder(folder);
    },
    kill: async () => {
      const processes = await processesOf(context);
      isKilled = true;
      await killGroup(processes);
      await closed;
      await removeSocket(folder);
    },
  };
}

export function makeProfileFolder(): Promise<string> {
  return mkdtemp(path.join(os.tmpdir(), 'predcache-profile-'));
}

export async function removeProfileFolder(folder: string): Promise<void> {
  // The browser's last process may still be writing when its pipe is closed.
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** Chromium keeps a socket in a folder of its own beside other temporary ones, and a killed one leaves it behind. */
async function removeSocket(profileFolder: string): Promise<void> {
  const socket = await readlink(path.join(profileFolder, 'SingletonSocket')).catch(() => '');
  const folder = path.dirname(socket);
  if (path.dirname(folder) === os.tmpdir()) await rm(folder, { recursive: true, force: true });
}

/** The browser's own process first, which leads the group of all of them, then the others. */
async function processesOf(context: BrowserContext): Promise<number[]> {
  const session = await context.browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const isFirst = (type: string) => Number(type === 'browser');
  return processInfo.sort((a, b) => isFirst(b.type) - isFirst(a.type)).map(({ id }) => id);
}
