import { shortAsciiAt } from './shortNames.js';

/** Thrown where bytes make no sense, and caught before it leaves this folder. */
export class Damage extends Error {
  override readonly name = 'Damage';
}

/** Reads bytes one after another; numbers are little-endian unless asked for otherwise. Throws rather than read past the end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Where the next byte is read. */
  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.bytes.length - this.#at;
  }

  /** Passes over so many bytes and returns where they begin. @throws {Damage} */
  skip(length: number): number {
    const start = this.#at;
    if (length > this.bytes.length - start) throw new Damage('The bytes end early');
    this.#at = start + length;
    return start;
  }

  uint8(): number {
    return this.bytes[this.skip(1)]!;
  }

  uint16(littleEndian = true): number {
    return this.#view.getUint16(this.skip(2), littleEndian);
  }

  uint32(littleEndian = true): number {
    return this.#view.getUint32(this.skip(4), littleEndian);
  }

  /** 8 bytes. Above 2^53 the number is rounded, and no longer a safe integer. */
  uint64(): number {
    return this.uint32() + this.uint32() * 0x1_0000_0000;
  }

  float64(littleEndian = true): number {
    return this.#view.getFloat64(this.skip(8), littleEndian);
  }

  /** @throws {Damage} on what is no UTF-8. */
  utf8(length: number): string {
    const start = this.skip(length);
    return shortAsciiAt(this.bytes, start, length) ?? decode(utf8, this.bytes, start, length);
  }

  /** UTF-16LE, in which halves of surrogate pairs may stand alone. */
  utf16(length: number): string {
    const start = this.skip(length);
    if (length % 2 !== 0) throw new Damage('Half of a UTF-16 code unit');
    const pieces: string[] = [];
    // In pieces, because there is a limit to the number of arguments.
    for (let from = 0; from < length; from += 8192) {
      const units: number[] = [];
      for (let at = from; at < Math.min(from + 8192, length); at += 2) {
        units.push(this.#view.getUint16(start + at, true));
      }
      pieces.push(String.fromCharCode(...units));
    }
    return pieces.join('');
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array, start: number, length: number): string {
  try {
    return decoder.decode(bytes.subarray(start, start + length));
  } catch (cause) {
    throw new Damage('Bytes that are no UTF-8', { cause });
  }
}

// Without `ignoreBOM` a text that begins with U+FEFF would lose it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
