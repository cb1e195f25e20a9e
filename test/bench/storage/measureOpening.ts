import type { Page } from 'playwright';
import type { Sizes } from './measureGrowth.js';
import type { Scale } from './scale.js';

/** What opening the large tier does to the main thread, beside a page that does nothing; ms. */
export async function measureOpening(sizes: Sizes, { rounds }: Scale) {
  const opened = [];
  const idle = [];
  for (let round = 0; round < rounds.openings; round++) {
    const call = await sizes.large();
    const watched = await call('openWatched');
    opened.push(watched);
    idle.push(await (await sizes.large())('watchIdle', watched.time));
  }
  return { opened, idle };
}

/** Bytes in use after opening the large tier beyond those before it, garbage collected both times. */
export async function measureKeysMemory(page: Page, sizes: Sizes, { rounds }: Scale): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  const bytesInUse = async () => {
    // Twice: what the first collection finalizes is freed by the second.
    await session.send('HeapProfiler.collectGarbage');
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize, embedderHeapUsedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
    return usedSize + embedderHeapUsedSize + backingStorageSize;
  };
  const bytes: number[] = [];
  for (let round = 0; round < rounds.openings; round++) {
    const call = await sizes.large();
    const before = await bytesInUse();
    await call('openForKeys');
    bytes.push((await bytesInUse()) - before);
  }
  await session.detach();
  return bytes;
}
