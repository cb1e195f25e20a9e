import { expect, it } from 'vitest';
import { type Measured, report } from '../bench/storage/report.js';
import { fullScale, quickScale } from '../bench/storage/scale.js';

const lookUps = { tier: [2, 6, 4], idb: [1, 2, 4], idbKeyval: [1, 1, 1], dexie: [2, 2, 2] };
const reloads = { indexeddb: [10], runtime: [60], indexeddbScript: [5], runtimeScript: [100] };
const watched = (longestTask: number, largestGap: number) => ({ longestTask, largestGap, time: 100 });

function measured(changes: Partial<Measured> = {}): Measured {
  return {
    gets: { ...lookUps, localforage: [1, 1, 1], cacheApi: [5, 5, 5] },
    batches: lookUps,
    writes: lookUps,
    misses: { tier: [0.01], idb: [0.2] },
    warmStarts: { tier: [{ synchronous: 5, ready: 10, answered: 20, isFromHotSet: true }], raw: [100] },
    reloads,
    coldReloads: { ...reloads, runtime: [200] },
    opening: { opened: [watched(0, 30), watched(0, 20)], idle: [watched(0, 1)] },
    keysMemory: [1e6, 3e6, 2e6],
    growth: {
      get: { small: [1], large: [1.5] },
      put: { small: [10], large: [11] },
      evict: { small: [{ time: 10, evicted: 100 }], large: [{ time: 400, evicted: 1000 }] },
    },
    ...changes,
  };
}

it('gives every figure as the median of the ratios within a round', () => {
  expect(report(fullScale, measured()).figures).toEqual({
    getVsRaw: 2,
    idbKeyvalGetVsRaw: 0.5,
    dexieGetVsRaw: 1,
    localforageGetVsRaw: 0.5,
    cacheApiGetVsRaw: 2.5,
    getMany32VsRaw: 2,
    setMany100VsRaw: 2,
    missVsRaw: 0.05,
    warmStart10k: 0.05,
    warmStartAnswered10k: 0.2,
    warmStartReady10k: 0.1,
    reloadToAnswerVsOrt: 6,
    scriptToAnswerVsOrt: 20,
    coldReloadToAnswerVsOrt: 20,
    coldScriptToAnswerVsOrt: 20,
    growthGet: 1.5,
    growthPut: 1.1,
    growthEvict: 40,
    growthEvictPerRow: 4,
    openLongestTaskMs: 30,
    idleLongestTaskMs: 1,
    keysMemoryBytes: 2e6,
  });
});

it.each([
  { what: 'a reported task', opened: [watched(80, 90), watched(0, 20)], expected: 80 },
  { what: 'a gap that no reported task explains', opened: [watched(0, 120)], expected: 50 },
])('takes the worst opening: $what', ({ opened, expected }) => {
  const { figures } = report(fullScale, measured({ opening: { opened, idle: [watched(0, 1)] } }));
  expect(figures.openLongestTaskMs).toBe(expected);
});

it('says where a warm start was none, and that a quick run is not to be compared', () => {
  const cold = measured({
    warmStarts: { tier: [{ synchronous: 1, ready: 1, answered: 2, isFromHotSet: false }], raw: [1] },
  });
  const marked = (result: ReturnType<typeof report>) =>
    result.rows!.filter(({ what }) => what.endsWith('(without hot set)')).length;
  expect(marked(report(fullScale, cold))).toBe(4);
  expect(marked(report(fullScale, measured()))).toBe(0);
  expect(report(fullScale, measured()).text).toBeUndefined();
  expect(report(quickScale, measured()).text).toContain('10,000 rows stand for 100,000');
});
