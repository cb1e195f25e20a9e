/** The version of the layout in `docs/entry-format.md`: an entry's first byte. */
export const formatVersion = 1;

/** An entry's second and third byte in every version: `PE`. */
export const magic = [0x50, 0x45] as const;

/** Bits of an entry's fourth byte. */
export const flags = {
  /** The key stands as 32 bytes, being 64 lower-case hexadecimal digits. */
  keyIsDigest: 1,
  modelIsDigest: 2,
  /** The outputs are tensors, not JSON. */
  tensors: 4,
  /** Computed in the cloud, not on the device. */
  inCloud: 8,
  /** Given by the app, not computed. */
  byApp: 16,
  /** What its source says of its freshness stands behind the backend. */
  freshness: 32,
  all: 63,
} as const;

/** Where the checksum stands; it covers everything behind it, and its seed is everything before it. */
export const checksumAt = 4;
/** Where the entry's length stands. */
export const lengthAt = 8;

/** What every reader and writer agrees is too deep; data is never, and no engine's stack overflows. */
export const maxDepth = 1000;

/** Tensor data begins at multiples of this, counted from the entry's first byte. */
export function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
