import { mix32 } from '../../support/mix32.js';

const digest = Buffer.alloc(16);

/**
 * The key that a number stands for, in the same form as a digest: 32 hexadecimal digits, different ones for different
 * numbers. A new and flat string each time.
 */
export function keyOf(number: number): string {
  for (let part = 0; part < 4; part++) digest.writeInt32BE(mix32(number ^ (part * 0x3c6ef372)), 4 * part);
  return digest.toString('hex');
}
