import type { Deadline } from './deadline.js';
import { sequenceOfPack } from './hotSet.js';
import { decodeRecord } from './journalRecord.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { type Database, hotSetName, type Transaction } from './schema.js';
import { reading } from './transact.js';

/** What is in the database at one moment. */
export interface Snapshot {
  /** The journal's records, in order. */
  readonly records: readonly unknown[];
  /** How many rows there are. */
  readonly rows: number;
}

/** What a tab reads first. */
export interface Start {
  readonly canary: string | undefined;
  /** The hot set, empty when there is none that can be used. */
  readonly pack: Uint8Array;
  /** Rows that were changed after the hot set was saved. */
  readonly changed: readonly RowKey[];
  /** The last record of the journal that `changed` takes account of. */
  readonly seen: number;
}

const noPack = new Uint8Array(0);
/** Of up to 400 kB. */
const recordsAtOnce = 8;

/** @param codec of the hot set's partition; without one it is left alone */
export async function readHotSet(
  database: Database,
  deadline: Deadline,
  codec: RowCodec | undefined,
): Promise<Start> {
  const found = await reading({ database, deadline, stores: ['state', 'journal'] }, async (transaction) => {
    const state = transaction.objectStore('state');
    const [canary, pack] = await Promise.all([
      state.get('canary'),
      codec === undefined ? undefined : state.get(hotSetName(codec.partition)),
    ]);
    // An encrypted one says in clear, before all else, what it is in step with.
    const sequence = pack instanceof Uint8Array ? sequenceOfPack(pack) : undefined;
    if (sequence === undefined) return { canary, pack: undefined, sequence: 0, sequences: [], tail: [] };
    const journal = transaction.objectStore('journal');
    const [sequences, tail] = await Promise.all([
      journal.getAllKeys(IDBKeyRange.lowerBound(sequence)),
      journal.getAll(IDBKeyRange.lowerBound(sequence, true)),
    ]);
    return { canary, pack: pack as Uint8Array<ArrayBuffer>, sequence, sequences, tail };
  });
  const canary = typeof found.canary === 'string' ? found.canary : undefined;
  const none: Start = { canary, pack: noPack, changed: [], seen: 0 };
  // Without the record that it is in step with, the journal is another one.
  if (found.pack === undefined || found.sequences[0] !== found.sequence) return none;
  const changed: RowKey[] = [];
  let seen = found.sequence;
  for (const value of found.tail) {
    const record = decodeRecord(value);
    // The journal was made anew meanwhile, or is damaged: which rows changed cannot be told.
    if (record?.sequence !== seen + 1 || record.startsAnew) return none;
    changed.push(...record.changedKeys());
    seen = record.sequence;
  }
  return { canary, pack: (await codec!.openPack(found.pack)) ?? noPack, changed, seen };
}

/** The journal, and how many rows there are. */
export function readSnapshot(database: Database, deadline: Deadline): Promise<Snapshot> {
  return reading({ database, deadline, stores: ['journal', 'rows'] }, async (transaction) => {
    const [records, rows] = await Promise.all([
      readRecords(transaction),
      transaction.objectStore('rows').count(),
    ]);
    return { records, rows };
  });
}

/** Some at a time: what one request gives is made in one task, which is not to be long. */
async function readRecords(transaction: Transaction): Promise<readonly unknown[]> {
  const journal = transaction.objectStore('journal');
  const records: unknown[] = [];
  let range: IDBKeyRange | undefined;
  for (;;) {
    const [sequences, part] = await Promise.all([
      journal.getAllKeys(range, recordsAtOnce),
      journal.getAll(range, recordsAtOnce),
    ]);
    records.push(...part);
    if (sequences.length < recordsAtOnce) return records;
    range = IDBKeyRange.lowerBound(sequences.at(-1)!, true);
  }
}
