import type { Deadline } from './deadline.js';
import { sequenceOfPack } from './hotSet.js';
import { decodeRecord } from './journalRecord.js';
import type { Snapshot } from './liveDirectory.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { type Database, hotSetName } from './schema.js';
import { reading } from './transact.js';

/** What a tab reads first. */
export interface Start {
  readonly canary: string | undefined;
  /** The hot set, empty when there is none that can be used. */
  readonly pack: Uint8Array;
  /** Rows that were changed after the hot set was saved. */
  readonly changed: readonly RowKey[];
}

const noPack = new Uint8Array(0);

/** @param codec of the hot set's partition; without one it is left alone */
export async function readHotSet(
  database: Database,
  deadline: Deadline,
  codec: RowCodec | undefined,
): Promise<Start> {
  const found = await reading({ database, deadline, stores: ['state', 'journal'] }, async (transaction) => {
    const state = transaction.objectStore('state');
    const [canary, stored] = await Promise.all([
      state.get('canary'),
      codec === undefined ? undefined : state.get(hotSetName(codec.partition)),
    ]);
    // An encrypted one says in clear, before all else, what it is in step with.
    const sequence = stored instanceof Uint8Array ? sequenceOfPack(stored) : undefined;
    if (sequence === undefined) return { canary, stored: undefined, tail: [] };
    const tail = await transaction.objectStore('journal').getAll(IDBKeyRange.lowerBound(sequence, true));
    return { canary, stored: stored as Uint8Array<ArrayBuffer>, tail };
  });
  const canary = typeof found.canary === 'string' ? found.canary : undefined;
  const changed: RowKey[] = [];
  for (const value of found.tail) {
    const record = decodeRecord(value);
    // The journal was made anew meanwhile: which rows changed cannot be told.
    if (record === undefined || record.startsAnew) return { canary, pack: noPack, changed: [] };
    changed.push(...record.changedKeys());
  }
  if (found.stored === undefined) return { canary, pack: noPack, changed };
  return { canary, pack: (await codec!.openPack(found.stored)) ?? noPack, changed };
}

/** The journal, and how many rows there are. */
export function readSnapshot(database: Database, deadline: Deadline): Promise<Snapshot> {
  return reading({ database, deadline, stores: ['journal', 'rows'] }, async (transaction) => {
    const [records, rows] = await Promise.all([
      transaction.objectStore('journal').getAll(),
      transaction.objectStore('rows').count(),
    ]);
    return { records, rows };
  });
}
