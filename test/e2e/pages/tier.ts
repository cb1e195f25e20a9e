import { createPredictor, fromFunction, type JsonValue, memory } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { indexedDB as openTier } from '@predcache/indexeddb';

const tier = openTier();

/** Restored from the back/forward cache: what is there then, and whether it goes on. */
interface Restored {
  readonly wasKept: boolean;
  readonly found: boolean;
  readonly written: number;
}

const offered = {
  /** Predicts a text with a model that answers with another one, and gives how many entries are stored then. */
  async predict(text: string, answer: string): Promise<number> {
    const predictor = createPredictor<JsonValue, JsonValue>({
      model: { name: 'answerer', version: '1' },
      tiers: [memory(), tier],
      onDevice: fromFunction(async () => ({ answer })),
    });
    await predictor.predict({ text }, { waitForTiers: true });
    const { entries } = await tier.usage();
    await predictor.dispose();
    return entries;
  },

  /** Uses the tier, and writes once more as the page is left. */
  async use(): Promise<number> {
    tier.subscribe(() => {});
    const stored = await tier.setMany([sampleEntry(1)]);
    await tier.getMany([sampleKey(1)]);
    addEventListener('pagehide', () => void tier.setMany([sampleEntry(2)]));
    return stored;
  },

  /** Settles when the page has been restored, with what it found. */
  restored: new Promise<Restored>((resolve) => {
    addEventListener('pageshow', ({ persisted }) => {
      if (!persisted) return;
      void (async () => {
        const [entry] = await tier.getMany([sampleKey(1)]);
        const written = await tier.setMany([sampleEntry(3)]);
        resolve({ wasKept: persisted, found: entry !== undefined, written });
      })();
    });
  }),
};

export type TierPage = typeof offered;
Object.assign(window, { tierPage: offered });
