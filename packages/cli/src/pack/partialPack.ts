import { readSync, writeSync } from 'node:fs';
import { constants, type FileHandle, open, rm } from 'node:fs/promises';
import { decodeEntry, type Entry, encodeEntry, isPredcacheError } from '@predcache/core';
import { GrowingNumbers } from './growingNumbers.js';
import { KeyTable } from './keyTable.js';
import { NumberSet } from './numberSet.js';
import {
  fileError,
  foreignPartial,
  overwritten,
  partialOfOtherModel,
  partialOfOtherVersion,
} from './packErrors.js';
import { scanEntries, startOf } from './scanEntries.js';

export interface OpenOptions {
  /** The model whose entries it is for: an `Entry.model`. */
  readonly modelId: string;
  /** Throws away what is there, whatever it is. */
  readonly restart?: boolean | undefined;
}

/**
 * A pack in the making: a file of entries as `encodeEntry` writes them, one after another. What was computed stands in it
 * the moment it was: whoever is killed goes on from there.
 */
export class PartialPack {
  readonly path: string;
  #handle: FileHandle | undefined;
  readonly #keys = new KeyTable();
  /** Where each entry begins, and at last where the next one will. */
  readonly #offsets = new GrowingNumbers();
  readonly #wanted = new NumberSet();
  /** Entries that were there when it was opened. */
  #found = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Entries that were written since it was opened. */
  get computed(): number {
    return this.entries - this.#found;
  }

  /** Entries in the file. */
  get entries(): number {
    return Math.max(0, this.#offsets.length - 1);
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#offsets.at(this.entries);
  }

  /** Entries that were asked for or written since it was opened. Others are of a run with other inputs. */
  get wanted(): number {
    return this.#wanted.size;
  }

  /**
   * Opens the file, or makes it. Cuts off what a killed process has left half written.
   *
   * @throws {PredcacheError} `STORAGE_FAILED`: the file cannot be opened, or is none that may be written to.
   */
  async open({ modelId, restart = false }: OpenOptions): Promise<void> {
    this.#handle = await open(this.path, constants.O_RDWR | constants.O_CREAT).catch((cause: unknown) => {
      throw fileError('opened', this.path, cause);
    });
    try {
      await this.#read(this.#handle, modelId, restart);
    } catch (error) {
      throw isPredcacheError(error) ? error : fileError('read', this.path, error);
    }
  }

  /** The entry of a key, or `undefined`. Notes that it is wanted. */
  get(key: string): Entry | undefined {
    let found: Entry | undefined;
    const number = this.#keys.find(key, (candidate) => {
      const reading = decodeEntry(this.#bytesOf(candidate));
      if (reading.kind !== 'entry') throw overwritten(this.path);
      if (reading.entry.key === key) found = reading.entry;
      return found !== undefined;
    });
    if (number !== undefined) this.#wanted.add(number);
    return found;
  }

  /** Writes an entry, unless there is one of its key. Notes that it is wanted. */
  add(entry: Entry): void {
    const known = this.#keys.find(entry.key, (number) => this.#keyAt(number) === entry.key);
    if (known !== undefined) {
      this.#wanted.add(known);
      return;
    }
    const bytes = encodeEntry(entry);
    const offset = this.size;
    this.#write(bytes, offset);
    this.#keys.add(entry.key, this.entries);
    this.#wanted.add(this.entries);
    this.#offsets.push(offset + bytes.length);
  }

  /**
   * The entries that were wanted, in the order of the file.
   *
   * @throws {PredcacheError} `STORAGE_CORRUPT` where someone else has written to the file meanwhile.
   */
  async *wantedEntries(): AsyncGenerator<Entry, void, undefined> {
    const end = this.size;
    const { size } = await this.#handle!.stat();
    let number = 0;
    if (size === end) {
      for await (const { entry, offset } of scanEntries(this.#handle!, end)) {
        if (offset !== this.#offsets.at(number)) throw overwritten(this.path);
        if (this.#wanted.has(number)) yield entry;
        number++;
      }
    }
    if (number !== this.entries) throw overwritten(this.path);
  }

  /** Lets go of the file. One that holds nothing is removed. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle === undefined) return;
    const { size } = await handle.stat();
    await handle.close();
    if (size === 0) await rm(this.path, { force: true });
  }

  /** Lets go of the file and removes it. */
  async remove(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    await rm(this.path, { force: true });
  }

  async #read(handle: FileHandle, modelId: string, restart: boolean): Promise<void> {
    if (restart) await handle.truncate(0);
    const { size } = await handle.stat();
    const start = await startOf(handle, size);
    if (start === 'other') throw foreignPartial(this.path);
    if (start === 'other version') throw partialOfOtherVersion(this.path);
    let end = 0;
    for await (const { entry, offset, length } of scanEntries(handle, size)) {
      if (entry.model !== modelId) throw partialOfOtherModel(this.path);
      this.#note(entry.key, offset);
      end = offset + length;
    }
    this.#offsets.push(end);
    this.#found = this.entries;
    await handle.truncate(end);
  }

  /** At once: that costs some µs beside what computing cost, and a killed process loses nothing of it. */
  #write(bytes: Uint8Array, offset: number): void {
    try {
      for (let written = 0; written < bytes.length; )
        written += writeSync(this.#handle!.fd, bytes, written, bytes.length - written, offset + written);
    } catch (cause) {
      throw fileError('written', this.path, cause);
    }
  }

  #note(key: string, offset: number): void {
    this.#keys.add(key, this.#offsets.length);
    this.#offsets.push(offset);
  }

  #keyAt(number: number): string | undefined {
    const reading = decodeEntry(this.#bytesOf(number));
    return reading.kind === 'entry' ? reading.entry.key : undefined;
  }

  #bytesOf(number: number): Uint8Array {
    const offset = this.#offsets.at(number);
    const bytes = new Uint8Array(this.#offsets.at(number + 1) - offset);
    for (let there = 0; there < bytes.length; ) {
      const read = readSync(this.#handle!.fd, bytes, there, bytes.length - there, offset + there);
      if (read === 0) throw overwritten(this.path);
      there += read;
    }
    return bytes;
  }
}
