import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { indexedDB } from '../../src/index.js';
import { expectAccountsToBeRight, newName, stored } from '../support/database.js';

/** Two tiers on one database share nothing else, as two tabs do. */
export function tabsSuite(): void {
  describe('two tiers on one database', () => {
    it('see what the other has stored', async () => {
      const name = newName();
      const [one, other] = [indexedDB({ name }), indexedDB({ name })];
      await one.setMany([sampleEntry(1)]);
      // Not at once, if the other knew its keys by then: a miss that is none costs a computation, and nothing else.
      await expect.poll(() => other.getMany([sampleKey(1)])).toEqual([sampleEntry(1)]);
      expect(await other.delete({ keys: [sampleKey(1)] })).toBe(1);
      expect(await one.getMany([sampleKey(1)])).toEqual([undefined]);
      await Promise.all([one.close(), other.close()]);
    });

    it('keep the accounts right and the bounds while both write, evict and delete', async () => {
      const name = newName();
      const tiers = [0, 1].map(() => indexedDB({ name, maxEntries: 60 }));
      const storm = tiers.map(async (tier, tab) => {
        for (let round = 0; round < 25; round++) {
          const first = (round * 7 + tab * 3) % 90;
          const writing = Array.from({ length: 8 }, (_, index) => tier.setMany([sampleEntry(first + index)]));
          if (round % 5 === 4) await tier.delete({ keys: [sampleKey(first), sampleKey(first + 1)] });
          if (round === 12) await tier.delete({ model: sampleEntry(0).model });
          await Promise.all(writing);
          expect((await tier.usage()).entries).toBeLessThanOrEqual(60);
        }
      });
      await Promise.all(storm);
      await Promise.all(tiers.map((tier) => tier.close()));
      await expectAccountsToBeRight(name);
      expect((await stored(name)).rows).toBeLessThanOrEqual(60);
    });
  });
}
