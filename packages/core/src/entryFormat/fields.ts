import type { Entry } from '../entry.js';
import type { ByteWriter } from '../keys/byteWriter.js';
import type { EntryFacts } from '../tiers/selector.js';
import { type ByteReader, Damage } from './byteReader.js';
import { digestAt, parseDigest } from './digests.js';
import { readFreshness, saysAnything, writeFreshness } from './freshnessFields.js';
import { flags, formatVersion, magic } from './layout.js';
import { RepeatedDigest } from './repeatedDigest.js';
import { readText, writeText } from './texts.js';

/** Writes everything before the outputs; checksum and length are left open. */
export function writeFields(writer: ByteWriter, entry: EntryFacts, outputFlags: number): void {
  const { key, model, createdAt, cost, size, tags, computedBy, backend, freshness } = entry;
  const hasFreshness = saysAnything(freshness);
  const keyIsDigest = parseDigest(key, keyBytes);
  const modelIsDigest = models.parse(model);
  writer.uint8(formatVersion);
  for (const byte of magic) writer.uint8(byte);
  writer.uint8(
    outputFlags |
      (keyIsDigest ? flags.keyIsDigest : 0) |
      (modelIsDigest ? flags.modelIsDigest : 0) |
      (computedBy === 'in_cloud' ? flags.inCloud : 0) |
      (computedBy === 'app' ? flags.byApp : 0) |
      (hasFreshness ? flags.freshness : 0),
  );
  writer.uint32(0);
  writer.uint32(0);
  writer.uint32(tags.length);
  writer.float64(createdAt);
  writer.float64(cost);
  writer.float64(size);
  writeName(writer, key, keyIsDigest, keyBytes);
  writeName(writer, model, modelIsDigest, models.bytes);
  for (const tag of tags) writeText(writer, tag);
  writeText(writer, backend);
  if (hasFreshness) writeFreshness(writer, freshness);
}

const keyBytes = new Uint8Array(32);

const models = new RepeatedDigest();

function writeName(writer: ByteWriter, name: string, isDigest: boolean, bytes: Uint8Array): void {
  if (isDigest) writer.bytes(bytes);
  else writeText(writer, name);
}

/** Reads what `writeFields` wrote behind the length. @throws {Damage} */
export function readFields(reader: ByteReader, entryFlags: number): EntryFacts {
  const tagCount = reader.uint32();
  const createdAt = reader.float64();
  const cost = reader.float64();
  const size = reader.float64();
  if (!(Number.isFinite(createdAt) && isCount(cost) && isCount(size)))
    throw new Damage('A number that is none');
  const key = readKey(reader, entryFlags);
  const model = readModel(reader, entryFlags);
  const tags = readTags(reader, tagCount);
  const backend = readText(reader);
  const computedBy = computedByOf(entryFlags);
  const facts = { key, model, createdAt, cost, size, tags, computedBy, backend };
  if ((entryFlags & flags.freshness) === 0) return facts;
  return { ...facts, freshness: readFreshness(reader) };
}

/** A number of 0 or more. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}

function readKey(reader: ByteReader, entryFlags: number): string {
  return (entryFlags & flags.keyIsDigest) === 0 ? readText(reader) : digestAt(reader.bytes, reader.skip(32));
}

function readModel(reader: ByteReader, entryFlags: number): string {
  return (entryFlags & flags.modelIsDigest) === 0
    ? readText(reader)
    : models.read(reader.bytes, reader.skip(32));
}

function readTags(reader: ByteReader, count: number): string[] {
  if (count > reader.left / 4) throw new Damage('More tags than there are bytes');
  const tags: string[] = [];
  for (let index = 0; index < count; index++) tags.push(readText(reader));
  return tags;
}

function computedByOf(entryFlags: number): Entry['computedBy'] {
  if ((entryFlags & flags.byApp) !== 0) return 'app';
  return (entryFlags & flags.inCloud) === 0 ? 'on_device' : 'in_cloud';
}
