import { isPredcacheError } from '@predcache/core';
import type { OnBytes } from '../addedProgress.js';
import { Assembly } from '../assembly.js';
import { describeFile, type ModelFile } from '../modelFile.js';
import { largestFile } from '../sizeLimit.js';
import { verifyIntegrity } from '../verifyIntegrity.js';
import type { FileStore } from './fileStore.js';
import type { CompleteRecord, FileRecord } from './records.js';

export interface ReadStoredOptions {
  readonly signal: AbortSignal;
  readonly onBytes: OnBytes;
}

/**
 * The bytes of a stored file, checked. `undefined` where it cannot be read; one that turns out to be damaged is deleted.
 * Rejects with the reason of an aborted signal only.
 */
export async function readStored(
  store: FileStore,
  file: ModelFile,
  record: CompleteRecord,
  { signal, onBytes }: ReadStoredOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const bytes = await readWhole(store, record, { signal, onBytes });
    if (bytes !== undefined) {
      if (file.integrity !== undefined) await verifyIntegrity(bytes, file.integrity, describeFile(file));
      return bytes;
    }
  } catch (error) {
    signal.throwIfAborted();
    // Storage that does not answer, or no memory for the file, says nothing of what is stored.
    if (!isPredcacheError(error) || error.code !== 'MODEL_INTEGRITY_MISMATCH') return undefined;
  }
  await store.forget(record, 'complete').catch(() => {});
  return undefined;
}

async function readWhole(
  store: FileStore,
  { download, size, partSize }: CompleteRecord,
  { signal, onBytes }: ReadStoredOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (size > largestFile) return undefined;
  const bytes = new Uint8Array(size);
  onBytes(0, size);
  let at = 0;
  for (let index = 0; at < size; index++) {
    signal.throwIfAborted();
    const length = Math.min(partSize, size - at);
    const isWhole = await store.readPart(download, index, length, (piece) => {
      bytes.set(piece, at);
      at += piece.byteLength;
    });
    if (!isWhole) return undefined;
    onBytes(at, size);
  }
  return bytes;
}

/** Puts together what a download left that did not come to its end, less its last part where it has all of them. */
export async function readBeginning(
  store: FileStore,
  file: ModelFile,
  { download, size, partSize }: FileRecord,
  signal: AbortSignal,
): Promise<Assembly | undefined> {
  const assembly = new Assembly(file, size);
  // Something must be left to ask for: the server's answer says whether it still is the same file.
  const last = size === undefined ? Number.POSITIVE_INFINITY : Math.ceil(size / partSize) - 1;
  const part = new Uint8Array(partSize);
  for (let index = 0; index < last; index++) {
    signal.throwIfAborted();
    // A part that turns out to be short is none.
    let read = 0;
    const isWhole = await store.readPart(download, index, partSize, (piece) => {
      part.set(piece, read);
      read += piece.byteLength;
    });
    if (!isWhole) break;
    assembly.append(part);
  }
  return assembly.length === 0 ? undefined : assembly;
}
