import { isPredcacheError, PredcacheError } from '@predcache/core';
import type { OnBytes } from '../addedProgress.js';
import { Assembly } from '../assembly.js';
import type { ModelFile } from '../modelFile.js';
import { readPieces } from './bodyPieces.js';
import { noMemory, stalled, truncated, unreachable } from './downloadErrors.js';
import { type FileAnswer, requestFile } from './requestFile.js';
import { StallGuard } from './stallGuard.js';
import type { Storing } from './storing.js';

/** ms without a single byte after which a download counts as failed: some servers and proxies stall for ever. */
export const defaultStallTimeout = 30_000;

export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly onBytes: OnBytes;
  /** @default 30_000 */
  readonly stallTimeout?: number | undefined;
  /** Keeps the file while it comes in. */
  readonly storing?: Storing | undefined;
}

/**
 * Downloads a file of a model and checks it. Errors are `MODEL_DOWNLOAD_FAILED` (with `details.status` where the server
 * answered), `MODEL_NOT_A_MODEL`, `MODEL_INTEGRITY_MISMATCH`, and `MODEL_INVALID` for one that is too large.
 */
export async function downloadFile(
  file: ModelFile,
  options: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await attempt(file, options, false);
  } catch (error) {
    // An HTTP cache may go on giving the model of the last deployment, or the HTML of a broken one, for a year.
    if (!isOtherFile(error)) throw error;
    return attempt(file, options, true);
  }
}

function isOtherFile(error: unknown): boolean {
  return isPredcacheError(error) && /^MODEL_(INTEGRITY_MISMATCH|NOT_A_MODEL)$/.test(error.code);
}

async function attempt(
  file: ModelFile,
  { signal, onBytes, storing, stallTimeout = defaultStallTimeout }: DownloadOptions,
  fresh: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const stored = fresh ? undefined : await storing?.beginning(signal);
  const guard = new StallGuard(stallTimeout, signal);
  try {
    const answer = await requestFile(file, { signal: guard.signal, fresh, beginning: stored?.beginning });
    const goesOn = stored !== undefined && answer.offset > 0;
    const assembly = goesOn ? stored.assembly : new Assembly(file, answer.likelySize);
    await (goesOn ? storing?.goOn() : storing?.begin(answer));
    await receive(answer, assembly, async () => {
      await storing?.append(assembly.bytes());
      guard.restart();
      onBytes(assembly.length, answer.size);
    });
    if (answer.size !== undefined && assembly.length < answer.size)
      throw truncated(file, assembly.length, answer.size);
    await assembly.check();
    await storing?.commit(assembly.bytes());
    return assembly.bytes();
  } catch (error) {
    if (isOtherFile(error)) await storing?.discard();
    signal.throwIfAborted();
    if (error instanceof PredcacheError) throw error;
    if (error instanceof RangeError) throw noMemory(file, error);
    throw guard.hasStalled ? stalled(file, stallTimeout, error) : unreachable(file, error);
  } finally {
    guard.stop();
  }
}

/** @param onPart is called once before the first part and after each, and waited for. */
async function receive(
  { response }: FileAnswer,
  assembly: Assembly,
  onPart: () => Promise<void>,
): Promise<void> {
  await onPart();
  await readPieces(response.body, async (piece) => {
    assembly.append(piece);
    await onPart();
  });
}
