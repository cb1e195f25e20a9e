import type { CDPSession, Page } from 'playwright';
import { ownMemory } from '../../support/memoryOfProcesses.js';

/** MB that the page's renderer takes after its garbage and its workers' is gone: the least of a few looks. */
async function settledMemory(browser: CDPSession, page: CDPSession): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 3; look++) {
    await page.send('HeapProfiler.collectGarbage');
    await collectInWorkers(page);
    const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    // The page with its workers is by far the largest; the others are the browser's own.
    least = Math.min(least, Math.max(...renderers.map(({ id }) => ownMemory(id) / 1000)));
  }
  return least;
}

/** A worker's heap is its own. It is attached to for this alone: workers come and go by the thousand. */
async function collectInWorkers(page: CDPSession): Promise<void> {
  const workers: string[] = [];
  const collected = new Map<string, () => void>();
  const attached = ({ sessionId }: { sessionId: string }) => workers.push(sessionId);
  const received = ({ sessionId }: { sessionId: string }) => collected.get(sessionId)?.();
  page.on('Target.attachedToTarget', attached);
  page.on('Target.receivedMessageFromTarget', received);
  const settings = { waitForDebuggerOnStart: false, flatten: false };
  await page.send('Target.setAutoAttach', { autoAttach: true, ...settings });
  for (const sessionId of workers) {
    const answered = new Promise<void>((resolve) => collected.set(sessionId, resolve));
    const message = JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' });
    await page.send('Target.sendMessageToTarget', { sessionId, message });
    await answered;
  }
  await page.send('Target.setAutoAttach', { autoAttach: false, ...settings });
  page.off('Target.attachedToTarget', attached);
  page.off('Target.receivedMessageFromTarget', received);
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
