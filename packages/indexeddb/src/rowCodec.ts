import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { bytesToHex, type EntryReading } from '@predcache/core';
import { packHeaderBytes } from './hotSet.js';
import { ignore } from './ignore.js';
import { joined } from './joined.js';
import { readRow, toRow } from './row.js';
import { RowCipher } from './rowCipher.js';
import { noTags } from './rowGroups.js';
import { type RowKey, rowKeyOf } from './rowKey.js';
import type { Encoded } from './write.js';

export interface RowCodecOptions {
  readonly partition: string | undefined;
  readonly key: CryptoKey | undefined;
}

/** Texts of tags whose stand-ins are remembered. */
const mostTagsRemembered = 1_024;

/** Makes rows of entries and entries of rows, for one partition and one encryption key. */
export class RowCodec {
  /** 16 hexadecimal digits; empty for none. */
  readonly partition: string;
  readonly cipher: RowCipher | undefined;
  readonly #onUnusable: (cause: unknown) => void;
  readonly #usable: Promise<boolean>;
  #secret: Uint8Array | undefined;
  #isReady: boolean;
  readonly #tags = new Map<string, string>();
  /** Why the encryption key is of no use, until that has been told. */
  #failure: { readonly cause: unknown } | undefined;

  constructor({ partition, key }: RowCodecOptions, onUnusable: (cause: unknown) => void = ignore) {
    this.partition = partition === undefined ? '' : partitionId(partition);
    this.#onUnusable = onUnusable;
    // A partition is not found by whoever does not know its name, even in the keys.
    if (partition !== undefined) this.#secret = sha256(utf8ToBytes(partition));
    this.#isReady = key === undefined;
    this.#usable = Promise.resolve(true);
    if (key === undefined) return;
    this.cipher = new RowCipher(key);
    this.#usable = this.cipher.secret().then(
      (secret) => {
        this.#secret = hmac(sha256, secret, this.#secret ?? new Uint8Array(0));
        this.#isReady = true;
        return true;
      },
      (cause: unknown) => {
        this.#failure = { cause };
        return false;
      },
    );
  }

  /** Whether row keys can be made now. With encryption, they cannot at once. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether row keys can be made, once that is known. The first who has to hear that they cannot has it reported. */
  async isUsable(): Promise<boolean> {
    if (this.#isReady) return true;
    const isUsable = await this.#usable;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) this.#onUnusable(failure.cause);
    return isUsable;
  }

  /** Only when that `isReady`. */
  keyOf(key: string): RowKey {
    return rowKeyOf(key, this.#secret);
  }

  /**
   * What stands for tags in the journal and in rows' headers, each once: 64 bits of a digest, under the same secret as row
   * keys. Tags may say something of a user; an entry that is taken for one with the tag is deleted with it, no more. Only
   * when that `isReady`.
   */
  tagsOf(tags: readonly string[]): readonly string[] {
    return tags.length === 0 ? noTags : [...new Set(tags.map((tag) => this.#tagOf(tag)))];
  }

  /** The row of an entry. @param tags what stands for its tags */
  seal(
    encoded: Encoded,
    key: RowKey,
    tags: readonly string[],
  ): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    const { partition, cipher } = this;
    return toRow(encoded, key, { partition, cipher, tags });
  }

  /** The hot set as it is stored: where there is a key, its header in clear and the rest encrypted. */
  async sealPack(pack: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    if (this.cipher === undefined) return pack;
    const header = pack.slice(0, packHeaderBytes);
    const encrypted = await this.cipher.encrypt(pack.slice(packHeaderBytes), header);
    return joined(header, encrypted);
  }

  /** What `sealPack` was given; `undefined` when it cannot be had. */
  async openPack(sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.cipher === undefined) return sealed;
    const header = sealed.slice(0, packHeaderBytes);
    const body = await this.cipher.decrypt(sealed.slice(packHeaderBytes), header);
    return body === undefined ? undefined : joined(header, body);
  }

  /** @param askedKey whose entry it must be; whosever it is, when left out */
  decode(value: unknown, key: RowKey, askedKey?: string): EntryReading | Promise<EntryReading> {
    return readRow(value, key, askedKey, this.cipher);
  }

  #tagOf(tag: string): string {
    let digits = this.#tags.get(tag);
    if (digits !== undefined) return digits;
    const text = utf8ToBytes(`tag ${tag}`);
    const digest = this.#secret === undefined ? sha256(text) : hmac(sha256, this.#secret, text);
    digits = bytesToHex(digest.subarray(0, 8));
    if (this.#tags.size === mostTagsRemembered) this.#tags.clear();
    this.#tags.set(tag, digits);
    return digits;
  }
}

/** By what rows and the directory name a partition: 64 bits, so that the name itself is stored nowhere. */
export function partitionId(partition: string): string {
  return bytesToHex(sha256(utf8ToBytes(`partition ${partition}`)).subarray(0, 8));
}
