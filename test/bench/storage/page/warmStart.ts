import { type Entry, nextTask } from '@predcache/core';
import { keysFrom, modelDigest, numberOf } from './entries.js';
import { fillSession, type OpenTier, openTier } from './openTier.js';
import { fillRaw, openRaw } from './rawStore.js';
import { allInHotSet } from './tierOptions.js';

const tierName = 'bench-warm';
const rawName = 'bench-warm-raw';
/** 100 bytes of numbers an entry. */
const classes = 25;

/** The session before those that start warm. */
export async function prepareWarmStart(rows: number): Promise<void> {
  await fillSession({ ...allInHotSet, name: tierName }, rows, classes);
  await fillRaw(rawName, rows, classes);
}

export interface WarmStart {
  /** ms from opening until entries are answered synchronously: all of them can be asked from then on. */
  readonly synchronous: number;
  /** ms from opening until the tier said that it is ready: it then knows the keys of all rows as well. */
  readonly ready: number;
  /** ms from opening until every entry had answered. */
  readonly answered: number;
  /** Whether they answered synchronously: where the tier has no `peek` they are looked up. */
  readonly isFromHotSet: boolean;
}

/** On a fresh page. */
export async function startWarm(rows: number): Promise<WarmStart> {
  const keys = keysFrom(0, rows);
  const started = performance.now();
  const tier = openTier({ ...allInHotSet, name: tierName });
  const isFromHotSet = tier.peek !== undefined;
  let entries: readonly (Entry | undefined)[];
  let synchronous = 0;
  let answered = 0;
  let ready = 0;
  if (isFromHotSet) {
    const becomingReady = tier.ready?.().then(() => {
      ready = performance.now() - started;
    });
    // The hot set comes as a whole: who has one of its entries has the last one, too.
    while (tier.peek!(keys.at(-1)!, modelDigest) === undefined) await nextTask();
    synchronous = performance.now() - started;
    entries = await peekAll(tier, keys);
    answered = performance.now() - started;
    await becomingReady;
  } else {
    await tier.usage();
    ready = performance.now() - started;
    synchronous = ready;
    entries = await tier.getMany(keys, modelDigest);
    answered = performance.now() - started;
  }
  checkAll(entries);
  return { synchronous, ready, answered, isFromHotSet };
}

/** On a fresh page. ms from opening until a bare `getAll` has given every row. */
export async function startRaw(rows: number): Promise<number> {
  const started = performance.now();
  const raw = await openRaw(rawName);
  const entries = await raw.getAll('rows');
  const taken = performance.now() - started;
  if (entries.length !== rows) throw new Error(`getAll gave ${entries.length} rows of ${rows}`);
  return taken;
}

/** Asks until all answer, a tier being free to say that it is ready a little early. */
async function peekAll(tier: OpenTier, keys: readonly string[]) {
  const started = performance.now();
  for (;;) {
    const entries = keys.map((key) => tier.peek!(key, modelDigest));
    if (!entries.includes(undefined)) return entries;
    if (performance.now() - started > 10_000) {
      throw new Error(`${entries.filter((entry) => entry === undefined).length} entries never answer`);
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function checkAll(entries: readonly (Entry | undefined)[]): void {
  for (const [number, entry] of entries.entries()) {
    if (numberOf(entry) !== number) throw new Error(`Entry ${number} is answered with another`);
  }
}
