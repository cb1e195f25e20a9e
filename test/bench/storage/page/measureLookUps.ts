import { randomNumbers } from '../../support/randomNumbers.js';
import { interleave, perOperationFor } from '../../support/timing.js';
import { absentKeyOf, entriesFrom, keyOf, modelDigest, numberOf } from './entries.js';
import { fillSession, openTier, whenReady } from './openTier.js';
import { openPeers } from './peers.js';
import { fillRaw, getAll, openRaw } from './rawStore.js';
import { fromDisk, fromHotSet } from './tierOptions.js';

const tierName = 'bench-lookups';
const rawName = 'bench-lookups-raw';
const rows = 1000;

/** Writes the same entries for all contestants, in a session before the one that looks them up. */
export async function prepareLookUps(): Promise<void> {
  await fillSession({ ...fromHotSet, name: tierName }, rows);
  await fillRaw(rawName, rows);
  for (const peer of Object.values(openPeers(tierName))) await peer.putAll(entriesFrom(0, rows));
}

/** One look-up after another, of random ones of 1,000 rows. ms a look-up. */
export async function measureGets(rounds: number) {
  const { tier, raw, peers, random } = await openAll();
  const next = () => keyOf(random());
  const contestants = {
    tier: async () => (await tier.getMany([next()], modelDigest))[0],
    idb: () => raw.get('rows', next()),
    idbKeyval: () => peers.idbKeyval.get(next()),
    dexie: () => peers.dexie.get(next()),
    localforage: () => peers.localforage.get(next()),
    cacheApi: () => peers.cacheApi.get(next()),
  };
  for (const [name, get] of Object.entries(contestants)) {
    if ((await get()) == null) throw new Error(`${name} does not find what was stored`);
  }
  const [first] = await tier.getMany([keyOf(7)], modelDigest);
  if (numberOf(first) !== 7) throw new Error('The tier finds something else than was stored');
  return inTurns(rounds, contestants);
}

/** 32 different ones of 1,000 rows at once. ms for all. */
export async function measureBatches(rounds: number) {
  const { tier, raw, peers, random } = await openAll();
  const keys = () => {
    const first = random();
    // Digests are in no order: any numbers are as far apart as any others.
    return Array.from({ length: 32 }, (_, index) => keyOf((first + index) % rows));
  };
  const contestants = {
    tier: () => tier.getMany(keys(), modelDigest),
    idb: () => getAll(raw, keys()),
    idbKeyval: () => peers.idbKeyval.getAll(keys()),
    dexie: () => peers.dexie.getAll(keys()),
  };
  for (const [name, get] of Object.entries(contestants)) {
    if ((await get()).includes(undefined)) throw new Error(`${name} does not find what was stored`);
  }
  return inTurns(rounds, contestants);
}

/** One look-up after another of keys that are not there, by a tier that has had the time to learn which are. ms. */
export async function measureMisses(rounds: number) {
  const { tier, raw } = await openAll();
  let number = 1000;
  return inTurns(rounds, {
    tier: () => tier.getMany([absentKeyOf(number++)], modelDigest),
    idb: () => raw.get('rows', absentKeyOf(number++)),
  });
}

async function openAll() {
  const tier = openTier({ ...fromDisk, name: tierName });
  await whenReady(tier);
  const share = randomNumbers(1);
  const random = () => Math.floor(share() * rows);
  return { tier, raw: await openRaw(rawName), peers: openPeers(tierName), random };
}

/** Each contestant for as long as the others: 20 ms in each round. */
function inTurns<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, () => Promise<unknown> | unknown>>,
): Promise<Record<Name, number[]>> {
  const timed = {} as Record<Name, () => Promise<number>>;
  for (const name of Object.keys(contestants) as Name[]) {
    timed[name] = () => perOperationFor(20, contestants[name]);
  }
  return interleave(rounds, timed);
}
