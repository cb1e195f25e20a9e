import { measureAllMisses } from './measureAllMisses.js';
import { measureInvalidation, openTagged } from './measureInvalidation.js';
import { measurePuts } from './measurePuts.js';
import { askAtOnce, openShared } from './shareAcrossTabs.js';

const measure = {
  measureAllMisses,
  openTagged,
  measureInvalidation,
  measurePuts,
  openShared,
  askAtOnce,
};
Object.assign(window, { measure });

export type StrategyMeasures = typeof measure;
