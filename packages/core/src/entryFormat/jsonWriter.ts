import type { ByteWriter } from '../keys/byteWriter.js';
import { maxDepth } from './layout.js';
import { utf8Length, writeUtf16 } from './texts.js';

/** Major types of CBOR (RFC 8949, section 3.1). */
export const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, simple: 7 } as const;

/** What stands in an initial byte's lower five bits beside the major type `simple`. */
export const simple = { false: 20, true: 21, null: 22, float64: 27 } as const;

/**
 * Writes a JSON value as CBOR in its preferred serialization. Whole numbers below 2^32 in size are integers, all others
 * float64, -0, NaN and infinities among them. A text with half of a surrogate pair, which CBOR's UTF-8 cannot hold, is a
 * byte string of its UTF-16LE: JSON has no other use for those.
 *
 * @throws {TypeError} on what is no JSON, naming its kind.
 */
export function writeJson(writer: ByteWriter, value: unknown, depth = 0): void {
  if (typeof value === 'string') writeString(writer, value);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (typeof value === 'boolean') writeSimple(writer, value ? simple.true : simple.false);
  else if (value === null) writeSimple(writer, simple.null);
  else if (typeof value !== 'object') throw new TypeError(`a value of type ${typeof value}`);
  else if (depth >= maxDepth) throw new TypeError(`JSON nested deeper than ${maxDepth} levels, or in itself`);
  else if (Array.isArray(value)) writeArray(writer, value, depth + 1);
  else writeObject(writer, value, depth + 1);
}

function writeSimple(writer: ByteWriter, value: number): void {
  writer.uint8((major.simple << 5) | value);
}

function writeArray(writer: ByteWriter, array: readonly unknown[], depth: number): void {
  const { length } = array;
  writeHead(writer, major.array, length);
  for (let index = 0; index < length; index++) writeJson(writer, array[index], depth);
}

function writeObject(writer: ByteWriter, object: object, depth: number): void {
  const prototype: unknown = Object.getPrototypeOf(object);
  // A plain object of another realm has another Object.prototype, which itself has none.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(`an object of class ${object.constructor?.name ?? 'unknown'}`);
  }
  const names = Object.keys(object);
  writeHead(writer, major.map, names.length);
  for (const name of names) {
    writeString(writer, name);
    writeJson(writer, (object as Record<string, unknown>)[name], depth);
  }
}

function writeString(writer: ByteWriter, text: string): void {
  const length = utf8Length(text);
  if (length >= 0) {
    writeHead(writer, major.text, length);
    writer.utf8(text);
  } else {
    writeHead(writer, major.bytes, text.length * 2);
    writeUtf16(writer, text);
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (Number.isInteger(value) && Math.abs(value) < 0x1_0000_0000 && !Object.is(value, -0)) {
    if (value < 0) writeHead(writer, major.negative, -1 - value);
    else writeHead(writer, major.unsigned, value);
    return;
  }
  writeSimple(writer, simple.float64);
  // Engines may keep a NaN's payload where no program can see it: equal values must give equal bytes.
  if (Number.isNaN(value)) writer.bytes(canonicalNaN);
  else writer.float64(value, false);
}

const canonicalNaN = Uint8Array.of(0x7f, 0xf8, 0, 0, 0, 0, 0, 0);

/** A major type and its argument, in as few bytes as hold it. */
function writeHead(writer: ByteWriter, type: number, argument: number): void {
  const bytes = argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : 4;
  const information = bytes === 0 ? argument : bytes === 1 ? 24 : bytes === 2 ? 25 : 26;
  writer.uint8((type << 5) | information);
  for (let shift = (bytes - 1) * 8; shift >= 0; shift -= 8) writer.uint8((argument >>> shift) & 0xff);
}
