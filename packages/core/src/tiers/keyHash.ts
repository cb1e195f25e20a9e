const characters = 8;

/**
 * 32 bits of a key, for policies. Keys are digests, so that their last eight digits are as good a hash as any; FNV-1a
 * makes one number of them, whatever characters they are. G. Fowler et al., RFC 9923.
 */
export function keyHash(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = Math.max(0, key.length - characters); at < key.length; at++)
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash | 0;
}
