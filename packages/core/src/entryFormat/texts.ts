import type { ByteWriter } from '../keys/byteWriter.js';
import type { ByteReader } from './byteReader.js';

/** The bit of a text's length that says: UTF-16LE, not UTF-8. */
const utf16Bit = 0x8000_0000;

/** Bytes of a text as UTF-8, or -1 where it has no such form because it holds half of a surrogate pair. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (unit < 0xd800 || unit > 0xdfff) length += 2;
    else {
      const next = text.charCodeAt(++index);
      // Compared this way round, because there may be none: then it is NaN.
      if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return -1;
      length += 2;
    }
  }
  return length;
}

/** A text behind its length in bytes: UTF-8, or UTF-16LE where only that keeps half of a surrogate pair. */
export function writeText(writer: ByteWriter, text: string): void {
  const length = utf8Length(text);
  if (length >= 0) {
    writer.uint32(length);
    writer.utf8(text);
  } else {
    writer.uint32(text.length * 2 + utf16Bit);
    writeUtf16(writer, text);
  }
}

export function readText(reader: ByteReader): string {
  const length = reader.uint32();
  return length < utf16Bit ? reader.utf8(length) : reader.utf16(length - utf16Bit);
}

export function writeUtf16(writer: ByteWriter, text: string): void {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    writer.uint8(unit & 0xff);
    writer.uint8(unit >> 8);
  }
}
