import { measureMemory } from './measureMemory.js';
import { measureMisses } from './measureMisses.js';
import { measurePersistent } from './measurePersistent.js';

const measure = { measureMemory, measurePersistent, measureMisses };
Object.assign(window, { measure });

export type PredictMeasures = typeof measure;
