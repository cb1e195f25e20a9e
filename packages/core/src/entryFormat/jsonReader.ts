import { define } from '../copyPayload.js';
import type { JsonValue } from '../payload.js';
import { type ByteReader, Damage } from './byteReader.js';
import { major, simple } from './jsonWriter.js';
import { maxDepth } from './layout.js';

/** Reads what `writeJson` wrote. @throws {Damage} on any other CBOR, and on what is none. */
export function readJson(reader: ByteReader, depth = 0): JsonValue {
  const initial = reader.uint8();
  const information = initial & 31;
  switch (initial >> 5) {
    case major.unsigned:
      return readArgument(reader, information);
    case major.negative:
      return -1 - readArgument(reader, information);
    case major.bytes:
      return reader.utf16(readArgument(reader, information));
    case major.text:
      return reader.utf8(readArgument(reader, information));
    case major.array:
      return readArray(reader, readArgument(reader, information), depth + 1);
    case major.map:
      return readMap(reader, readArgument(reader, information), depth + 1);
    case major.simple:
      return readSimple(reader, information);
    default:
      throw new Damage('CBOR of a kind that is no JSON');
  }
}

function readArray(reader: ByteReader, count: number, depth: number): JsonValue[] {
  checkNesting(reader, count, depth);
  const array: JsonValue[] = [];
  for (let index = 0; index < count; index++) array.push(readJson(reader, depth));
  return array;
}

function readMap(reader: ByteReader, count: number, depth: number): Record<string, JsonValue> {
  checkNesting(reader, count, depth);
  const object: Record<string, JsonValue> = {};
  for (let index = 0; index < count; index++) {
    const name = readJson(reader, depth);
    if (typeof name !== 'string' || Object.hasOwn(object, name))
      throw new Damage('A member without a name of its own');
    define(object, name, readJson(reader, depth));
  }
  return object;
}

/** Each element takes a byte or more: what claims to be longer than its bytes is not even begun. */
function checkNesting(reader: ByteReader, count: number, depth: number): void {
  if (count > reader.left || depth > maxDepth) throw new Damage('JSON too long or too deep');
}

function readSimple(reader: ByteReader, information: number): JsonValue {
  switch (information) {
    case simple.false:
      return false;
    case simple.true:
      return true;
    case simple.null:
      return null;
    case simple.float64:
      return reader.float64(false);
    default:
      throw new Damage('A simple value that is no JSON');
  }
}

function readArgument(reader: ByteReader, information: number): number {
  if (information < 24) return information;
  if (information === 24) return reader.uint8();
  if (information === 25) return reader.uint16(false);
  if (information === 26) return reader.uint32(false);
  throw new Damage('A length that is not ours');
}
