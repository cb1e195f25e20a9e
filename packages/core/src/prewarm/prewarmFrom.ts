import type { Entry } from '../entry.js';
import { decodeEntries } from '../entryFormat/stream/decodeEntries.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Tier } from '../tiers/tier.js';
import { savesData } from './savesData.js';

export interface PackOptions {
  /** Ends it with the signal's reason; what is stored by then stays. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PackProgress) => void) | undefined;
  /**
   * Whether to load it although the user has asked pages to use little data.
   *
   * @default false
   */
  readonly evenIfSaveData?: boolean | undefined;
}

export interface PackProgress {
  readonly stored: number;
  /** Entries that are here already: as new or newer, or given by the app. */
  readonly known: number;
  /** Entries that were passed over: of another model, damaged, or refused by the tier, also as invalidated meanwhile. */
  readonly refused: { readonly model: number; readonly damaged: number; readonly notStored: number };
  readonly loadedBytes: number;
  /** Absent where the server does not say. */
  readonly totalBytes?: number | undefined;
  readonly stoppedBy?: 'saveData' | undefined;
}

const entriesAtOnce = 500;
const digest = /^[0-9a-f]{64}$/;

/** Stores the entries of a warm pack where they last: in the slowest tier, from which memory fills as they are asked for. */
export async function prewarmFrom<Input>(
  pipeline: Pipeline<Input, unknown>,
  tiers: readonly Tier[],
  url: string | URL,
  { signal, onProgress, evenIfSaveData = false }: PackOptions,
): Promise<PackProgress> {
  pipeline.throwIfDisposed();
  const { modelId } = pipeline.edition;
  // Nobody writes to a shared tier from a page.
  const tier = tiers.findLast(({ name }) => name !== 'shared');
  const counts = { stored: 0, known: 0, model: 0, damaged: 0, notStored: 0, loadedBytes: 0 };
  if (savesData() && !evenIfSaveData) return { ...progressOf(counts, undefined), stoppedBy: 'saveData' };
  const since = tier?.mark?.();
  // What was computed beforehand is older than any invalidation that comes while it loads.
  const invalidations = pipeline.watchInvalidations();
  const { body, totalBytes } = await open(url, signal).catch((error: unknown) => {
    invalidations.end();
    throw error;
  });
  let batch: Entry[] = [];

  const store = async () => {
    const entries = batch;
    batch = [];
    const keys = entries.map(({ key }) => key);
    const before = (await tier?.getMany(keys, modelId)) ?? [];
    // What the app gave is right, whenever a model computed something else.
    const isKnown = ({ createdAt }: Entry, at: number) =>
      before[at]?.computedBy === 'app' || (before[at]?.createdAt ?? -1) >= createdAt;
    const unknown = entries.filter((entry, at) => !isKnown(entry, at));
    counts.known += entries.length - unknown.length;
    const isWanted = pipeline.edition.modelId === modelId && !pipeline.isDisposed;
    const wanted = isWanted ? unknown.filter((entry) => !invalidations.isRevoked(entry)) : [];
    const stored = (await tier?.setMany(wanted, since === undefined ? undefined : { since })) ?? 0;
    counts.stored += stored;
    counts.notStored += unknown.length - stored;
    onProgress?.(progressOf(counts, totalBytes));
  };

  const counted = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        counts.loadedBytes += chunk.length;
        controller.enqueue(chunk);
      },
    }),
  );
  try {
    for await (const reading of decodeEntries(counted, { signal })) {
      pipeline.throwIfDisposed();
      if (reading.kind !== 'entry' || !digest.test(reading.entry.key)) counts.damaged++;
      else if (reading.entry.model !== modelId) counts.model++;
      else batch.push(reading.entry);
      if (batch.length === entriesAtOnce) await store();
    }
  } finally {
    try {
      if (batch.length > 0) await store();
    } finally {
      invalidations.end();
    }
  }
  return progressOf(counts, totalBytes);
}

function progressOf(
  counts: {
    readonly [Name in 'stored' | 'known' | 'model' | 'damaged' | 'notStored' | 'loadedBytes']: number;
  },
  totalBytes: number | undefined,
): PackProgress {
  const { stored, known, model, damaged, notStored, loadedBytes } = counts;
  return { stored, known, refused: { model, damaged, notStored }, loadedBytes, totalBytes };
}

async function open(
  url: string | URL,
  signal: AbortSignal | undefined,
): Promise<{ readonly body: ReadableStream<Uint8Array>; readonly totalBytes: number | undefined }> {
  const where = `warm pack ${String(url)}`;
  const hint = 'Is the address right, and the server within reach';
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null });
  } catch (cause) {
    signal?.throwIfAborted();
    throw toPredcacheError(cause, { code: 'PACK_UNREACHABLE', where, hint });
  }
  const { ok, status, body, headers } = response;
  if (!ok || body === null) {
    body?.cancel().catch(() => {});
    throw new PredcacheError({
      code: 'PACK_UNREACHABLE',
      what: `The server answered ${status}`,
      where,
      hint,
    });
  }
  // The bytes on the line are fewer where the server compresses.
  const length = headers.get('content-encoding') === null ? headers.get('content-length') : null;
  return { body, totalBytes: length === null ? undefined : Number(length) };
}
