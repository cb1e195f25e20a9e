import { decodeEntries, decodeEntry, encodeEntries, encodeEntry } from '@predcache/core';
import type { TestRunner } from '@predcache/core/testing';
import { allBytes, allReadings, chunked } from '../support/byteStreams.js';
import { entryVectors, streamVectors } from '../support/entryVectors.js';
import { exactText } from '../support/exactText.js';

/** The fixed vectors, in whatever runtime this is called: stored entries must be the same in all of them. */
export function entryVectorSuite({ describe, it, expect }: TestRunner): void {
  describe('entry vectors', () => {
    for (const { name, entry, bytes } of entryVectors) {
      it(`match the fixed vector: ${name}`, () => {
        expect(encodeEntry(entry).join()).toBe(bytes.join());
        for (const share of [false, true]) {
          const reading = decodeEntry(bytes, { share });
          expect(exactText(reading)).toBe(exactText({ kind: 'entry', entry: inOrder(entry) }));
        }
      });
    }

    for (const { name, count, bytes } of streamVectors) {
      it(`match the fixed stream: ${name}`, async () => {
        const entries = entryVectors.slice(0, count).map(({ entry }) => entry);
        expect((await allBytes(encodeEntries(entries))).join()).toBe(bytes.join());
        const { readings, error } = await allReadings(decodeEntries(chunked(bytes, 1000)));
        expect(error).toBe(undefined);
        expect(exactText(readings)).toBe(
          exactText(entries.map((entry) => ({ kind: 'entry', entry: inOrder(entry) }))),
        );
      });
    }
  });
}

/** Members in the order in which they are read. */
function inOrder(entry: (typeof entryVectors)[number]['entry']): unknown {
  const { key, model, outputs, createdAt, cost, size, tags, computedBy, backend, freshness } = entry;
  const inOrder = { key, model, outputs, createdAt, cost, size, tags, computedBy, backend };
  return freshness === undefined ? inOrder : { ...inOrder, freshness };
}
