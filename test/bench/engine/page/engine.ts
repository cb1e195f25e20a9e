import { measureMisses, measureThroughput } from './measureEngine.js';
import { loadAndDispose, loadAndUnload, runMany } from './measureLeaks.js';
import { runLoad } from './measureLoad.js';

const measure = { measureMisses, measureThroughput, runLoad, loadAndDispose, loadAndUnload, runMany };
Object.assign(window, { measure });

export type EngineMeasures = typeof measure;
