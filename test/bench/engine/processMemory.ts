import { readFile } from 'node:fs/promises';
import type { CDPSession } from 'playwright';

/**
 * Bytes that all processes of a kind take: each page of memory counted once, shared ones in parts (Linux's proportional set
 * size).
 *
 * @param browser a session with the browser, not with a page
 */
export async function processMemory(
  browser: CDPSession,
  isMeant: (type: string) => boolean = () => true,
): Promise<number> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const sizes = processInfo.filter(({ type }) => isMeant(type)).map(({ id }) => proportionalSetSize(id));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function proportionalSetSize(process: number): Promise<number> {
  // One that has ended meanwhile takes nothing.
  const text = await readFile(`/proc/${process}/smaps_rollup`, 'utf8').catch(() => '');
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
  return Number(kilobytes ?? 0) * 1024;
}
