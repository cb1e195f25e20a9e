import { readFile } from 'node:fs/promises';
import type { BrowserContext } from 'playwright';

export interface MemoryPeak {
  /** Bytes that the largest renderer took more than before. */
  readonly renderer: number;
  /** Bytes that all processes of the browser together took more than before. */
  readonly browser: number;
}

/** How much more memory a browser's processes take at most while something runs. Linux only. */
export async function memoryPeak(context: BrowserContext, run: () => Promise<unknown>): Promise<MemoryPeak> {
  const session = await context.browser()!.newBrowserCDPSession();
  const processes = async () => (await session.send('SystemInfo.getProcessInfo')).processInfo;
  const sample = async (those: Awaited<ReturnType<typeof processes>>) => {
    const sizes = await Promise.all(
      those.map(async ({ id, type }) => ({ type, size: await residentSize(id) })),
    );
    const renderers = sizes.filter(({ type }) => type === 'renderer').map(({ size }) => size);
    return { renderer: Math.max(0, ...renderers), browser: sizes.reduce((sum, { size }) => sum + size, 0) };
  };
  const those = await processes();
  const before = await sample(those);
  let renderer = 0;
  let browser = 0;
  let isRunning = true;
  const sampling = (async () => {
    while (isRunning) {
      const now = await sample(those);
      renderer = Math.max(renderer, now.renderer);
      browser = Math.max(browser, now.browser);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  try {
    await run();
  } finally {
    isRunning = false;
    await sampling;
  }
  return { renderer: renderer - before.renderer, browser: browser - before.browser };
}

/** Bytes of a process that are in memory and its own: shared libraries and memory files are not counted. */
async function residentSize(id: number): Promise<number> {
  const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
