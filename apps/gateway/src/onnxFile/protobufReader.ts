/** One field of a Protocol Buffers message: a number for varints, bytes for what has a length. */
export interface ProtobufField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * The fields of a message in the order they are written. Fixed-width fields are passed over: what is read here has none.
 *
 * @throws {RangeError} when the bytes end within a field, or are no message at all.
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) {
    const tag = readVarint(bytes, cursor);
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { number, value: readVarint(bytes, cursor) };
        break;
      case 1:
        cursor.at += 8;
        break;
      case 2:
        yield { number, value: readBytes(bytes, cursor) };
        break;
      case 5:
        cursor.at += 4;
        break;
      default:
        throw new RangeError(`wire type ${tag % 8} at byte ${cursor.at}`);
    }
    if (number === 0 || cursor.at > bytes.length) throw new RangeError(`a broken field at byte ${cursor.at}`);
  }
}

function readBytes(bytes: Uint8Array, cursor: { at: number }): Uint8Array {
  const length = readVarint(bytes, cursor);
  const end = cursor.at + length;
  if (end > bytes.length) throw new RangeError(`a field of ${length} bytes at byte ${cursor.at}`);
  const value = bytes.subarray(cursor.at, end);
  cursor.at = end;
  return value;
}

/** Exact up to 2^53; negative numbers come out as large positive ones. */
function readVarint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new RangeError(`a broken number at byte ${cursor.at}`);
}
