import { readFileSync } from 'node:fs';
import { decodeEntries, type Entry, type Tensors } from '@predcache/core';

/** The entries of a pack, in its order. Throws for anything in it that is not intact. */
export async function readPack(file: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const reading of decodeEntries(new Blob([readFileSync(file)]).stream())) {
    if (reading.kind !== 'entry') throw new Error(`The pack holds an entry that is ${reading.kind}`);
    entries.push(reading.entry);
  }
  return entries;
}

/** What of an entry does not depend on when and how fast it was computed. */
export function timeless({ createdAt, cost, outputs, ...entry }: Entry): unknown {
  return { ...entry, outputs: bitsOf(outputs as Tensors) };
}

/** Tensors with their data as bytes, in which -0 and NaN are what they are. */
export function bitsOf(tensors: Tensors): unknown {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { type, dims, data }]) => {
      if (type === 'string') return [name, { type, dims, data }];
      return [
        name,
        { type, dims, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex') },
      ];
    }),
  );
}
