import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Entry, encodeEntries, isPredcacheError } from '@predcache/core';
import { fileError } from './packErrors.js';

/**
 * Writes a warm pack: a stream of entries, see `docs/entry-format.md`. Whatever happens meanwhile, the file is the old
 * one or the whole new one. Gives its size in bytes.
 *
 * @throws {PredcacheError} `STORAGE_FAILED`, or what the entries' source throws, or the signal's reason.
 */
export async function writePack(
  file: string,
  entries: AsyncIterable<Entry>,
  signal?: AbortSignal | undefined,
): Promise<number> {
  const unfinished = `${file}.unfinished`;
  try {
    const size = await writeStream(unfinished, encodeEntries(entries, { signal }));
    await rename(unfinished, file);
    await syncFolder(path.dirname(file));
    return size;
  } catch (error) {
    await rm(unfinished, { force: true });
    signal?.throwIfAborted();
    throw isPredcacheError(error) ? error : fileError('written', file, error);
  }
}

async function writeStream(file: string, stream: ReadableStream<Uint8Array>): Promise<number> {
  const handle = await open(file, 'w');
  try {
    let size = 0;
    await stream.pipeTo(
      new WritableStream({
        async write(chunk) {
          await handle.writeFile(chunk);
          size += chunk.length;
        },
      }),
    );
    // Before the name: a crash of the machine must not leave the name with half of the bytes.
    await handle.sync();
    return size;
  } finally {
    await handle.close();
  }
}

/** So that the new name is on disk too. Not every system can do that with a folder. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The name gets there by itself a moment later.
  }
}
