import type { Entry } from '../entry.js';
import { isPredcacheError } from '../errors/predcacheError.js';
import { describeError } from '../errors/toPredcacheError.js';
import { ByteWriter } from '../keys/byteWriter.js';
import type { Payload } from '../payload.js';
import { arrayOf } from '../tensorTypes.js';
import { looksLikeTensors, validateTensors } from '../validateTensors.js';
import { checkEntry, notStorable } from './checkEntry.js';
import { checksumOf, putUint32 } from './checksum.js';
import { writeFields } from './fields.js';
import { writeJson } from './jsonWriter.js';
import { aligned, checksumAt, flags, lengthAt } from './layout.js';
import { type PendingData, writeTensors } from './tensorWriter.js';

/** The writer of the last call, kept for the next one. Absent while in use: a getter in an entry may encode another. */
let spareWriter: ByteWriter | undefined;

/**
 * An entry as bytes, in the layout of `docs/entry-format.md`: a buffer of its own with nothing else in it. Equal entries
 * give equal bytes.
 *
 * @throws {PredcacheError} `STORAGE_FAILED`, saying what is wrong, for what is no entry: a bad field, tensors that
 * contradict themselves, outputs that are no JSON or nested deeper than 1,000 levels, or more than 4 GiB.
 *
 * @example
 * const bytes = encodeEntry(entry);
 * const reading = decodeEntry(bytes); // { kind: 'entry', entry }
 */
export function encodeEntry(entry: Entry): Uint8Array<ArrayBuffer> {
  const writer = spareWriter ?? new ByteWriter();
  spareWriter = undefined;
  try {
    writer.reset(largest);
    checkEntry(entry);
    const pending = writeAll(writer, entry);
    return assemble(writer.written, pending);
  } catch (error) {
    if (isPredcacheError(error) && error.code === 'STORAGE_FAILED') throw error;
    throw notStorable(
      isPredcacheError(error) ? `${error.what} (${error.where})` : `It holds ${describeError(error)}`,
      error,
    );
  } finally {
    spareWriter = writer;
  }
}

/** Lengths are written in 4 bytes. */
const largest = 0xffff_ffff;

function writeAll(writer: ByteWriter, entry: Entry): PendingData {
  const outputs: Payload = entry.outputs;
  if (looksLikeTensors(outputs)) {
    validateTensors(outputs);
    writeFields(writer, entry, flags.tensors);
    return writeTensors(writer, outputs);
  }
  writeFields(writer, entry, 0);
  writeJson(writer, outputs);
  return [];
}

/** What was written and the data behind it, with length and checksum filled in. */
function assemble(head: Uint8Array, pending: PendingData): Uint8Array<ArrayBuffer> {
  let length = head.length;
  for (const data of pending) length = aligned(length) + data.byteLength;
  if (length > largest) throw notStorable(`It takes ${length} bytes, more than ${largest}`);
  const bytes = new Uint8Array(length);
  bytes.set(head);
  let at = head.length;
  for (const data of pending) {
    at = aligned(at);
    const Same = arrayOf(data);
    // As its own kind: asking a small array for its buffer makes engines move it into one first.
    new Same(bytes.buffer, at, data.length).set(data as never);
    at += data.byteLength;
  }
  putUint32(bytes, lengthAt, length);
  putUint32(bytes, checksumAt, checksumOf(bytes));
  return bytes;
}
