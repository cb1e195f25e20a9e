import { decodeEntry, encodeEntry } from '@predcache/core';
import type { TestRunner } from '@predcache/core/testing';
import { entryVectors } from '../support/entryVectors.js';
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
  });
}

/** Members in the order in which they are read. */
function inOrder(entry: (typeof entryVectors)[number]['entry']): unknown {
  const { key, model, outputs, createdAt, cost, size, tags, computedBy, backend } = entry;
  return { key, model, outputs, createdAt, cost, size, tags, computedBy, backend };
}
