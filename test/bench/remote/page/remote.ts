import { measureBinaryVsJson } from '../binaryVsJson.js';
import { measureClientOverhead } from '../clientOverhead.js';

const measure = { measureClientOverhead, measureBinaryVsJson };
Object.assign(window, { measure });

export type RemoteMeasures = typeof measure;
