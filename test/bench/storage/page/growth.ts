import { randomNumbers } from '../../support/randomNumbers.js';
import { perOperationFor } from '../../support/timing.js';
import { entriesFrom, entryOf, keyOf, modelDigest } from './entries.js';
import { fill, fillSession, type OpenTier, openTier, whenReady } from './openTier.js';
import { fromDisk, fromHotSet } from './tierOptions.js';

const name = 'bench-growth';
const batch = 100;

interface Session {
  readonly tier: OpenTier;
  readonly rows: number;
  readonly random: () => number;
  /** The number of the next new entry. */
  next: number;
}

let session: Session | undefined;

/** A database of so many rows and nothing else: give each size an origin of its own, since one origin has one LevelDB. */
export async function prepareGrowth(rows: number): Promise<void> {
  await fillSession({ ...fromHotSet, name }, rows);
}

/** @param first Number of the first new entry: none that an earlier session wrote. */
export async function openGrowth(rows: number, first: number, isFull: boolean): Promise<void> {
  const tier = openTier({ ...fromDisk, name, ...(isFull ? { maxEntries: rows } : {}) });
  await whenReady(tier);
  session = { tier, rows, random: randomNumbers(1), next: first };
}

/** ms of a look-up of a random row. */
export async function growthGet(): Promise<number> {
  const { tier, rows, random } = session!;
  let found = 0;
  let asked = 0;
  const time = await perOperationFor(20, async () => {
    const [entry] = await tier.getMany([keyOf(Math.floor(random() * rows))], modelDigest);
    asked++;
    if (entry !== undefined) found++;
  });
  if (found !== asked) throw new Error(`${asked - found} of ${asked} rows are not found`);
  return time;
}

/** ms of 100 new entries at once, until they are committed. They are deleted again, so that the rows stay as many. */
export async function growthPut(): Promise<number> {
  const { tier, next } = session!;
  const entries = entriesFrom(next, batch);
  session!.next += batch;
  const started = performance.now();
  const stored = await tier.setMany(entries);
  const time = performance.now() - started;
  const deleted = await tier.delete({ keys: entries.map(({ key }) => key) });
  if (stored !== batch || deleted !== batch) throw new Error(`Stored ${stored}, deleted ${deleted}`);
  return time;
}

/** One entry more than the tier may have: ms until it is stored and room is made, and how many rows that evicted. */
export async function growthEvict(): Promise<{ readonly time: number; readonly evicted: number }> {
  const opened = session!;
  const { tier, rows } = opened;
  const missing = rows - (await tier.usage()).entries;
  await fill(tier, opened.next, missing);
  opened.next += missing;
  const entry = entryOf(opened.next++);
  const started = performance.now();
  const stored = await tier.setMany([entry]);
  const time = performance.now() - started;
  const evicted = rows + stored - (await tier.usage()).entries;
  if (stored !== 1 || evicted < 1) throw new Error(`Stored ${stored}, evicted ${evicted} at ${rows} rows`);
  return { time, evicted };
}
