import type { LiveDirectory } from './liveDirectory.js';
import type { OwnDeletions } from './ownDeletions.js';
import { modelDigest } from './row.js';
import type { RowCodec } from './rowCodec.js';
import type { Encoded } from './write.js';

export interface RefusalsOptions {
  readonly own: OwnDeletions;
  readonly live: LiveDirectory;
  readonly codec: RowCodec;
}

/** Says what must not be written because a deletion that covers it was called after it began to be computed. */
export class Refusals {
  readonly #options: RefusalsOptions;

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  /** By what is known now: of other tabs' deletions the last word is spoken in the transaction that writes. */
  has({ entry, since }: Encoded): boolean {
    if (since === undefined) return false;
    const { own, live, codec } = this.#options;
    if (own.cover(entry, since)) return true;
    if (!codec.isReady || !live.hasInvalidations) return false;
    const { partition } = codec;
    const { createdAt, tags } = entry;
    return live.refuses(
      {
        key: codec.keyOf(entry.key),
        partition,
        model: modelDigest(entry.model),
        createdAt,
        tags: codec.tagsOf(tags),
      },
      since,
    );
  }
}
