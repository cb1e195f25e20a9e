import { type EntryFreshness, freshnessTimes } from '../freshness.js';
import type { ByteWriter } from '../keys/byteWriter.js';
import { type ByteReader, Damage } from './byteReader.js';
import { readText, writeText } from './texts.js';

/** The bit that says there is an `etag`; those of the times stand before it, in their order. */
const etagBit = 1 << freshnessTimes.length;

/** Whether there is anything to write: an object without members means the same as none. */
export function saysAnything(freshness: EntryFreshness | undefined): freshness is EntryFreshness {
  return freshness !== undefined && bitsOf(freshness) !== 0;
}

/** Writes which members there are, then these. */
export function writeFreshness(writer: ByteWriter, freshness: EntryFreshness): void {
  writer.uint8(bitsOf(freshness));
  for (const name of freshnessTimes) {
    const time = freshness[name];
    if (time !== undefined) writer.float64(time);
  }
  if (freshness.etag !== undefined) writeText(writer, freshness.etag);
}

/** @throws {Damage} */
export function readFreshness(reader: ByteReader): EntryFreshness {
  const bits = reader.uint8();
  if (bits === 0 || bits >= etagBit * 2) throw new Damage('Members of a freshness that there are none of');
  const freshness: { -readonly [Name in keyof EntryFreshness]: EntryFreshness[Name] } = {};
  for (const [index, name] of freshnessTimes.entries()) {
    if ((bits & (1 << index)) === 0) continue;
    const time = reader.float64();
    if (!isTime(time)) throw new Damage('A time that is none');
    freshness[name] = time;
  }
  if ((bits & etagBit) !== 0) freshness.etag = readText(reader);
  return freshness;
}

/** Whether it is what an entry may carry: times of 0 ms or more, unbounded ones among them, and a text. */
export function isFreshness(value: unknown): value is EntryFreshness | undefined {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { etag, ...times } = value as EntryFreshness;
  if (etag !== undefined && typeof etag !== 'string') return false;
  return freshnessTimes.every((name) => times[name] === undefined || isTime(times[name]));
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

function bitsOf(freshness: EntryFreshness): number {
  let bits = freshness.etag === undefined ? 0 : etagBit;
  for (const [index, name] of freshnessTimes.entries()) if (freshness[name] !== undefined) bits |= 1 << index;
  return bits;
}
