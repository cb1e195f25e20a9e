import type { Suite, SuiteResult } from '../suite.js';
import { measureBytes } from './bytes.js';
import { costAware } from './costAware.js';
import { measureGrowth } from './growth.js';
import { Measured } from './measured.js';
import { buildMeasuringScript } from './measuringScript.js';
import { reportOf } from './report.js';
import { full, quick, type Scale } from './scale.js';
import { measureTimes } from './times.js';

/** The memory tier beside the libraries that people would use in its place, and beside a bare Map. */
export const memorySuite: Suite = {
  name: 'memory',
  about: 'the memory tier beside its peers',
  run: ({ isQuick }) => measureMemory(isQuick ? quick : full),
};

export async function measureMemory(scale: Scale): Promise<SuiteResult> {
  const script = await buildMeasuringScript();
  try {
    const times = await measureTimes(script.file, scale);
    const growth = await measureGrowth(script.file, scale);
    const bytes = await measureBytes(script.file, scale);
    return reportOf(new Measured(times, growth, bytes, costAware()), scale);
  } finally {
    await script.remove();
  }
}
