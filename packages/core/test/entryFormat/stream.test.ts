import { decodeEntries, type Entry, encodeEntries, encodeEntry } from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allBytes, allReadings, chunked } from '../support/byteStreams.js';
import { entryArbitrary } from '../support/entryArbitrary.js';

const samples = (count: number) => Array.from({ length: count }, (_, index) => sampleEntry(index));
const entryBytes = encodeEntry(sampleEntry(0)).length;
/** A sample's frame: head, entry, zeros up to a multiple of 8. */
const frameBytes = 8 + Math.ceil(entryBytes / 8) * 8;

describe('a stream of entries', () => {
  it('gives back the entries, however it is cut', { timeout: 60_000 }, async () => {
    const sizes = fc.array(fc.oneof(fc.nat(5), fc.nat(300)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(entryArbitrary, { maxLength: 6 }),
        sizes,
        fc.boolean(),
        async (entries, cuts, isAsync) => {
          const bytes = await allBytes(encodeEntries(isAsync ? asynchronous(entries) : entries));
          const { readings, error } = await allReadings(decodeEntries(chunked(bytes, ...cuts, 7)));
          expect(error).toBeUndefined();
          expect(readings.map(bytesOf)).toEqual(entries.map((entry) => encodeEntry(entry).join()));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('holds entries larger than any chunk, and ones of every length, at multiples of 8', {
    timeout: 60_000,
  }, async () => {
    const entries = [
      ...Array.from({ length: 20 }, (_, length) => text(length)),
      text(300_000),
      ...samples(2000),
    ];
    const bytes = await allBytes(encodeEntries(entries));
    expect(bytes.length % 8).toBe(0);
    for (const size of [3_000_000, 65_536, 1000]) {
      const { readings, error } = await allReadings(decodeEntries(chunked(bytes, size)));
      expect(error).toBeUndefined();
      expect(readings.map(bytesOf)).toEqual(entries.map((entry) => encodeEntry(entry).join()));
    }
  });

  it('that ends early gives what is whole and then says so, at every byte', { timeout: 60_000 }, async () => {
    const bytes = await allBytes(encodeEntries(samples(3)));
    for (let length = 0; length < bytes.length; length++) {
      const { readings, error } = await allReadings(decodeEntries(chunked(bytes.subarray(0, length), 100)));
      expect(readings.length).toBe(Math.min(3, Math.max(0, Math.floor((length - 8) / frameBytes))));
      expect(readings.every(({ kind }) => kind === 'entry')).toBe(true);
      expect(error).toMatchObject({
        code: 'STORAGE_CORRUPT',
        message: expect.stringMatching(length === 0 ? /no entries of Predcache/ : /ends early/),
      });
    }
  });

  it('with any one bit turned never gives another entry, and goes on behind a damaged one', {
    timeout: 60_000,
  }, async () => {
    const entries = samples(3);
    const bytes = await allBytes(encodeEntries(entries));
    const whole = entries.map((entry) => encodeEntry(entry).join());
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1 << (at % 8);
      const { readings, error } = await allReadings(decodeEntries(chunked(changed, 1000)));
      const [frame, within] = [Math.floor((at - 8) / frameBytes), (at - 8) % frameBytes];
      if (at >= 8 && frame < 3 && within >= 8) {
        expect(error).toBeUndefined();
        const isPadding = within >= 8 + entryBytes;
        // A turned bit of the version makes it an entry of another one.
        const expected = whole.map((each, index) =>
          index === frame && !isPadding ? expect.stringMatching(/damaged|newer|older/) : each,
        );
        expect(readings.map(bytesOf)).toEqual(expected);
      } else {
        // Three bytes of the start mean nothing yet.
        if (at < 5 || at >= 8) expect(error).toMatchObject({ code: 'STORAGE_CORRUPT' });
        expect(readings.map(bytesOf)).toEqual(whole.slice(0, readings.length));
      }
    }
  });

  it('with a frame lost or twice there is found out', async () => {
    const bytes = await allBytes(encodeEntries(samples(3)));
    const frames = [0, 1, 2].map((index) =>
      bytes.subarray(8 + index * frameBytes, 8 + (index + 1) * frameBytes),
    );
    const trailer = bytes.subarray(8 + 3 * frameBytes);
    for (const kept of [[0, 2], [0, 1, 1, 2], []]) {
      const changed = concat([bytes.subarray(0, 8), ...kept.map((index) => frames[index]!), trailer]);
      const { readings, error } = await allReadings(decodeEntries(chunked(changed, 50)));
      expect(readings.length).toBe(kept.length);
      expect(error).toMatchObject({
        message: expect.stringContaining(`had 3 entries, and ${kept.length} have`),
      });
    }
    const { readings, error } = await allReadings(decodeEntries(chunked(concat([bytes, bytes]), 50)));
    expect(readings.length).toBe(3);
    expect(error).toMatchObject({ message: expect.stringContaining('goes on behind its end') });
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a web page', new TextEncoder().encode('<!doctype html>'), /no entries of Predcache/],
    ['nothing', new Uint8Array(0), /no entries of Predcache/],
    ['a bare entry', encodeEntry(sampleEntry(1)), /no entries of Predcache/],
    ['a newer version', Uint8Array.of(0x89, 0x50, 0x43, 0x45, 2, 0, 0, 0), /version 2, not 1/],
  ])('that is %s is refused', async (_name, bytes, message) => {
    const { readings, error } = await allReadings(decodeEntries(chunked(bytes, 4)));
    expect(readings).toEqual([]);
    expect(error).toMatchObject({ code: 'STORAGE_CORRUPT', message: expect.stringMatching(message) });
  });

  it('gives entries of other versions as such', async () => {
    const bytes = await allBytes(encodeEntries(samples(2)));
    bytes[16] = 9;
    const { readings } = await allReadings(decodeEntries(chunked(bytes, 50)));
    expect(readings.map(({ kind }) => kind)).toEqual(['newer', 'entry']);
  });
});

describe('reading a stream', () => {
  it('refuses an entry larger than accepted before any of it is there', async () => {
    const bytes = await allBytes(encodeEntries([sampleEntry(0), text(5000)]));
    // Cut right behind the head that tells the length.
    const cut = bytes.subarray(0, 8 + frameBytes + 8);
    const { readings, error } = await allReadings(decodeEntries(chunked(cut, 50), { maxEntrySize: 5000 }));
    expect(readings.length).toBe(1);
    expect(error).toMatchObject({ message: expect.stringContaining('larger than the 5000 accepted') });
    expect(
      (await allReadings(decodeEntries(chunked(bytes, 50), { maxEntrySize: 20_000 }))).readings.length,
    ).toBe(2);
  });

  it('reads no further than needed, and cancels the stream when left', async () => {
    const bytes = await allBytes(encodeEntries(samples(50)));
    const chunks: number[] = [];
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          controller.enqueue(bytes.slice(chunks.length * 100, (chunks.length + 1) * 100));
          chunks.push(100);
        },
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    let count = 0;
    for await (const { kind } of decodeEntries(stream)) {
      expect(kind).toBe('entry');
      expect(chunks.length).toBe(Math.ceil((8 + ++count * frameBytes) / 100));
      if (count === 5) break;
    }
    expect(cancelled).toBe(true);
    expect(stream.locked).toBe(false);
  });

  it('ends with the reason of its signal, also while waiting', async () => {
    const bytes = await allBytes(encodeEntries(samples(2)));
    for (const given of [0, 8, 8 + frameBytes, bytes.length]) {
      const controller = new AbortController();
      let cancelled = false;
      const stream = new ReadableStream<Uint8Array>({
        start: (each) => each.enqueue(bytes.slice(0, given)),
        cancel() {
          cancelled = true;
          return new Promise(() => undefined);
        },
      });
      const reading = allReadings(decodeEntries(stream, { signal: controller.signal }));
      setTimeout(() => controller.abort('enough'));
      expect((await reading).error).toBe('enough');
      expect(cancelled).toBe(true);
    }
    const early = decodeEntries(chunked(bytes, 9), { signal: AbortSignal.abort('before') });
    expect(await allReadings(early)).toEqual({ readings: [], error: 'before' });
  });

  it('passes on how the stream failed, after what was intact', async () => {
    const bytes = await allBytes(encodeEntries(samples(2)));
    const cause = new TypeError('network gone');
    let given = false;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (given) controller.error(cause);
        else controller.enqueue(bytes.slice(0, 8 + frameBytes + 20));
        given = true;
      },
    });
    const { readings, error } = await allReadings(decodeEntries(stream));
    expect(readings.length).toBe(1);
    expect(error).toMatchObject({ code: 'STORAGE_FAILED', what: 'network gone', cause });
    const words = new ReadableStream({ start: (each) => each.enqueue('text') });
    expect((await allReadings(decodeEntries(words))).error).toMatchObject({ code: 'STORAGE_CORRUPT' });
  });
});

describe('writing a stream', () => {
  it('takes entries only while someone reads, and closes their source when cancelled', async () => {
    let taken = 0;
    let closed = false;
    function* endless() {
      try {
        for (;;) yield sampleEntry(taken++);
      } finally {
        closed = true;
      }
    }
    const stream = encodeEntries(endless());
    const reader = stream.getReader();
    await new Promise((resolve) => setTimeout(resolve));
    expect(taken).toBe(0);
    for (let chunks = 1; chunks <= 3; chunks++) {
      const { value } = await reader.read();
      expect(value!.length).toBeLessThan(65_536 + 2 * frameBytes);
      expect(taken).toBe(chunks * Math.ceil(65_536 / frameBytes));
    }
    await reader.cancel();
    expect(closed).toBe(true);
  });

  it('fails with what is no entry, or with the source, and closes it', async () => {
    let closed = 0;
    async function* source(last: () => Entry) {
      try {
        yield sampleEntry(1);
        yield last();
      } finally {
        closed++;
      }
    }
    const bad = { ...sampleEntry(2), cost: Number.NaN };
    await expect(allBytes(encodeEntries(source(() => bad)))).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    });
    await expect.poll(() => closed).toBe(1);
    const cause = new Error('from the source');
    const failing = encodeEntries(
      source(() => {
        throw cause;
      }),
    );
    await expect(allBytes(failing)).rejects.toBe(cause);
    expect(closed).toBe(2);
  });

  it('ends with the reason of its signal, also while waiting for an entry', async () => {
    const controller = new AbortController();
    const hanging: AsyncIterable<Entry> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    const reading = encodeEntries(hanging, { signal: controller.signal }).getReader().read();
    controller.abort('enough');
    await expect(reading).rejects.toBe('enough');
    const early = encodeEntries(samples(3), { signal: AbortSignal.abort('before') });
    await expect(early.getReader().read()).rejects.toBe('before');
  });
});

function text(length: number): Entry {
  return sampleEntry(length, { outputs: 'é'.repeat(length) });
}

async function* asynchronous(entries: readonly Entry[]) {
  for (const entry of entries) {
    await Promise.resolve();
    yield entry;
  }
}

function bytesOf(reading: { kind: string; entry?: Entry }): string {
  return reading.entry === undefined ? reading.kind : encodeEntry(reading.entry).join();
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
