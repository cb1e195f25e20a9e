import { measureMemory } from './measureMemory.js';
import { measureMisses } from './measureMisses.js';
import { measurePersistent } from './measurePersistent.js';

Object.assign(window, { measure: { measureMemory, measurePersistent, measureMisses } });
