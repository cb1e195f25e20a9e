import type { Work } from '../connection.js';
import type { Deadline } from '../deadline.js';
import { ignore } from '../ignore.js';
import { writing } from '../transact.js';
import type { OutboxDatabase, OutboxSchema } from './outboxSchema.js';

/** More than Chromium's LevelDB lets a log grow to (4 MB) before it begins another. */
const total = 4_800_000;
/** Chromium puts values of 64 KiB and more into files of their own, past the log. */
const pieceSize = 48_000;
const piecesAtOnce = 20;

/**
 * Has Chromium begin a new log, by writing much and removing it. After a kill, the log can end amid a record: Chromium
 * goes on behind that, takes it for damage the next time it opens the databases, and empties all of the site's. A log that
 * has been left behind for a new one is never read again.
 */
export async function renewLog(attempt: (work: Work<void, OutboxSchema>) => Promise<void>): Promise<void> {
  if (!isChromium()) return;
  for (let written = 0; written < total; written += piecesAtOnce * pieceSize) await attempt(writePieces);
  await attempt((database, deadline) =>
    writing({ database, deadline, stores: ['padding'] }, (transaction) =>
      transaction.objectStore('padding').clear(),
    ),
  );
}

function writePieces(database: OutboxDatabase, deadline: Deadline): Promise<void> {
  return writing({ database, deadline, stores: ['padding'] }, async (transaction) => {
    const piece = new Uint8Array(pieceSize);
    for (let index = 0; index < piecesAtOnce; index++) {
      // Nothing that could be compressed.
      crypto.getRandomValues(piece);
      transaction.objectStore('padding').put(piece, 0).catch(ignore);
    }
  });
}

function isChromium(): boolean {
  const { navigator } = globalThis as { readonly navigator?: object };
  return navigator !== undefined && 'userAgentData' in navigator;
}
