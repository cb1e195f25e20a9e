/**
 * Names read before, each in the place that its length and characters give it. Entries come many with the same tensor
 * names and backend: found here, a name need not be made again, and all entries share it.
 */
const known = new Array<string>(64).fill('');

/** Longer texts are rarely names. */
const longest = 32;

/** Some bytes as text if they are short and ASCII: starting a TextDecoder costs more than reading those by hand. */
export function shortAsciiAt(bytes: Uint8Array, start: number, length: number): string | undefined {
  if (length > longest) return undefined;
  let mixed = length;
  for (let at = start; at < start + length; at++) {
    const code = bytes[at]!;
    if (code > 0x7f) return undefined;
    mixed = (mixed * 31 + code) | 0;
  }
  const place = mixed & 63;
  const candidate = known[place]!;
  if (isTextOf(candidate, bytes, start, length)) return candidate;
  const codes: number[] = [];
  for (let at = start; at < start + length; at++) codes.push(bytes[at]!);
  const text = String.fromCharCode.apply(null, codes);
  known[place] = text;
  return text;
}

function isTextOf(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index++) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
