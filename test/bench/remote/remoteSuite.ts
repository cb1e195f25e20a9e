import type { Suite, SuiteOptions, SuiteResult } from '../suite.js';
import { measureClient } from './clientMeasures.js';
import { collapse1000 } from './collapse1000.js';
import { hitReqPerCpu } from './hitReqPerCpu.js';
import { measureRouting } from './routing.js';

/** The in-cloud engine, the gateway it talks to, and the choice between cloud and device, over loopback. */
export const remoteSuite: Suite = {
  name: 'remote',
  about: 'the in-cloud engine, the gateway and routing, over loopback',
  needsBrowser: true,
  run,
};

async function run(options: SuiteOptions): Promise<SuiteResult> {
  const results: SuiteResult[] = [];
  for (const measure of [measureClient, hitReqPerCpu, collapse1000, measureRouting])
    results.push(await measure(options));
  return {
    rows: results.flatMap(({ rows = [] }) => rows),
    text: results.flatMap(({ text }) => text ?? []).join('\n\n'),
    figures: Object.assign({}, ...results.map(({ figures }) => figures)),
  };
}
