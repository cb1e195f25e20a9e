/**
 * 32 bits that look random, different ones for different numbers: the last steps of MurmurHash3.
 *
 * @returns a signed integer
 */
export function mix32(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
