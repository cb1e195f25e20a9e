/** 2^32 over the golden ratio, and a second odd number as irregular. */
const golden = 0x9e3779b1;
const other = 0x85ebca6b;

// Multiplicative hashing throughout: the high bits of a product depend on all bits of what is multiplied (D. Knuth, The
// Art of Computer Programming, volume 3, section 6.4). Keys are digests, so that their last characters are as good a
// hash as all of them.

/** A hash of the last four characters, which are 16 bits of a digest. Signed; to be used from its high bits on. */
export function hashOfFour(key: string): number {
  return Math.imul(fourBefore(key, key.length), golden);
}

/** Of the last eight. */
export function hashOfEight(key: string): number {
  const end = key.length;
  return Math.imul(fourBefore(key, end), golden) ^ Math.imul(fourBefore(key, end - 4), other);
}

/** Of all characters, however many. */
export function hashOfAll(key: string): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), golden) ^ (hash >>> 15);
  return Math.imul(hash, other);
}

/** 32 bits of a key, for policies. */
export function keyHash(key: string): number {
  return key.length < 8 ? hashOfAll(key) : hashOfEight(key);
}

/** Not a loop over characters: one multiplication for four of them, instead of four that wait for one another. */
function fourBefore(key: string, end: number): number {
  return (
    key.charCodeAt(end - 1) |
    (key.charCodeAt(end - 2) << 8) |
    (key.charCodeAt(end - 3) << 16) |
    (key.charCodeAt(end - 4) << 24)
  );
}
