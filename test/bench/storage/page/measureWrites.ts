import type { Entry } from '@predcache/core';
import { interleave, perOperation } from '../../support/timing.js';
import { entriesFrom, keyOf, modelDigest, numberOf } from './entries.js';
import { openTier, whenReady } from './openTier.js';
import { openPeers } from './peers.js';
import { openRaw, putAll } from './rawStore.js';
import { fromDisk } from './tierOptions.js';

const name = 'bench-writes';
const batch = 100;
const inTurn = 4;

/** 100 new entries at once, until they are committed. ms for all. */
export async function measureWrites(rounds: number) {
  const tier = openTier({ ...fromDisk, name });
  await whenReady(tier);
  const raw = await openRaw(`${name}-raw`);
  const { idbKeyval, dexie } = openPeers(name);
  let stored = 0;
  const samples = await interleave(rounds, {
    tier: timed(async (entries) => {
      stored += await tier.setMany(entries);
    }),
    idb: timed((entries) => putAll(raw, entries)),
    idbKeyval: timed((entries) => idbKeyval.putAll(entries)),
    dexie: timed((entries) => dexie.putAll(entries)),
  });
  if (stored !== (rounds + 1) * inTurn * batch) throw new Error(`The tier stored ${stored} entries`);
  const [first] = await tier.getMany([keyOf(7)], modelDigest);
  if (numberOf(first) !== 7) throw new Error('The tier finds something else than was stored');
  return samples;
}

/** The same entries for each contestant. One batch after another, because how long one takes differs much. */
function timed(write: (entries: Entry[]) => Promise<unknown>): () => Promise<number> {
  let written = 0;
  return async () => {
    const batches = Array.from({ length: inTurn }, (_, index) => entriesFrom(written + index * batch, batch));
    written += inTurn * batch;
    return perOperation(inTurn, (index) => write(batches[index]!));
  };
}
