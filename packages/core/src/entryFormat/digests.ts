const digitCodes = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** The value of each lower-case hexadecimal digit by its character code, -1 for every other character below 128. */
const digitValues = Int8Array.from({ length: 128 }, (_, code) => digitCodes.indexOf(code));

/** Filled anew for each digest read: `String.fromCharCode` over a plain array is the fastest way to a flat string. */
const codes = new Array<number>(64).fill(0);

/**
 * Fills in the 32 bytes that a text of 64 lower-case hexadecimal digits stands for. Returns whether it is such a text; if
 * not, the bytes are nonsense.
 */
export function parseDigest(text: string, target: Uint8Array): boolean {
  if (text.length !== 64) return false;
  let wrong = 0;
  for (let index = 0; index < 32; index++) {
    const high = text.charCodeAt(index * 2);
    const low = text.charCodeAt(index * 2 + 1);
    const byte = (digitValues[high & 127]! << 4) | digitValues[low & 127]!;
    // The byte is negative where a digit is none; a character may also lie beyond the table.
    wrong |= (byte & ~255) | ((high | low) & ~127);
    target[index] = byte;
  }
  return wrong === 0;
}

/** The 64 hexadecimal digits of 32 bytes. */
export function digestAt(bytes: Uint8Array, at: number): string {
  for (let index = 0; index < 32; index++) {
    const byte = bytes[at + index]!;
    codes[index * 2] = digitCodes[byte >> 4]!;
    codes[index * 2 + 1] = digitCodes[byte & 15]!;
  }
  return String.fromCharCode.apply(null, codes);
}
