import type { CDPSession, Page } from 'playwright';
import { proportionalShare } from '../../support/memoryOfProcesses.js';

/** MB that renderers take after the page's garbage is gone: the least of a few looks. */
async function settledMemory(browser: CDPSession, page: CDPSession): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 3; look++) {
    await page.send('HeapProfiler.collectGarbage');
    const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    least = Math.min(
      least,
      renderers.reduce((sum, { id }) => sum + proportionalShare(id) / 1000, 0),
    );
  }
  return least;
}

/** MB that are taken more after some rounds than after the first ones, which fill caches and pools. */
export async function leakOf(
  page: Page,
  run: (rounds: number) => Promise<unknown>,
  { first, rounds }: { readonly first: number; readonly rounds: number },
): Promise<number> {
  const browser = await page.context().browser()!.newBrowserCDPSession();
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  try {
    await run(first);
    const before = await settledMemory(browser, session);
    await run(rounds);
    return (await settledMemory(browser, session)) - before;
  } finally {
    await session.detach();
    await browser.detach();
  }
}
