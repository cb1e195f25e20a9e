import { growthEvict, growthGet, growthPut, openGrowth, prepareGrowth } from './growth.js';
import { measureBatches, measureGets, measureMisses, prepareLookUps } from './measureLookUps.js';
import { measureWrites } from './measureWrites.js';
import { openForKeys, openWatched, watchIdle } from './openLarge.js';
import { prepareWarmStart, startRaw, startWarm } from './warmStart.js';

const measure = {
  prepareLookUps,
  measureGets,
  measureBatches,
  measureMisses,
  measureWrites,
  prepareWarmStart,
  startWarm,
  startRaw,
  prepareGrowth,
  openGrowth,
  growthGet,
  growthPut,
  growthEvict,
  openWatched,
  watchIdle,
  openForKeys,
};
Object.assign(window, { measure });

export type StorageMeasures = typeof measure;
