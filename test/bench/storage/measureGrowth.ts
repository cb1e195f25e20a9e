import type { Page } from 'playwright';
import { type Call, openMeasuringPage } from '../support/measuringPage.js';
import { interleave } from '../support/timing.js';
import type { StorageMeasures } from './page/storage.js';
import { type Scale, smallRows } from './scale.js';

type Open = () => Promise<Call<StorageMeasures>>;

/** The same page on two origins, because the databases of one origin share one LevelDB. */
export interface Sizes {
  readonly small: Open;
  readonly large: Open;
}

/** Fills a database of 1,000 rows and a large one. */
export async function prepareGrowth(
  small: Page,
  large: Page,
  url: string,
  { largeRows }: Scale,
): Promise<Sizes> {
  const sizes: Sizes = {
    small: () => openMeasuringPage(small, onHost(url, 'small')),
    large: () => openMeasuringPage(large, onHost(url, 'large')),
  };
  await (await sizes.small())('prepareGrowth', smallRows);
  await (await sizes.large())('prepareGrowth', largeRows);
  return sizes;
}

/** Look-ups, writes and eviction rounds, the two sizes in turn; ms. */
export async function measureGrowth(sizes: Sizes, { largeRows, rounds }: Scale) {
  const session = async (isFull: boolean) => {
    const [small, large] = [await sizes.small(), await sizes.large()];
    // Numbers that neither filling nor the other session has used.
    const first = isFull ? 10_000_000 : 1_000_000;
    await small('openGrowth', smallRows, first, isFull);
    await large('openGrowth', largeRows, first, isFull);
    return { small, large };
  };
  const both = (
    { small, large }: Awaited<ReturnType<typeof session>>,
    what: 'growthGet' | 'growthPut',
    count: number,
  ) => interleave(count, { small: () => small(what), large: () => large(what) });

  const open = await session(false);
  const get = await both(open, 'growthGet', rounds.growth);
  const put = await both(open, 'growthPut', rounds.growth);
  const { small, large } = await session(true);
  const evict = await interleave(rounds.evictions, {
    small: () => small('growthEvict'),
    large: () => large('growthEvict'),
  });
  return { get, put, evict };
}

/** Every name below localhost is this machine, and each is an origin of its own. */
function onHost(url: string, name: string): string {
  const changed = new URL(url);
  changed.hostname = `${name}.localhost`;
  return changed.href;
}
