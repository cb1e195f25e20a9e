import type { Suite, SuiteOptions, SuiteResult } from '../suite.js';
import { type Cell, cellsOf } from './cells.js';
import { generatedTraces } from './generatedTraces.js';
import { reportOf } from './report.js';
import type { Trace } from './trace.js';
import { findTraces, readTrace } from './traceFiles.js';

/** Hit ratios of the policies and of the optimum. They are exact, so there is nothing that `--quick` could shorten. */
export const policiesSuite: Suite = {
  name: 'policies',
  about: 'hit ratios on traces',
  takesTraces: true,
  run,
};

async function run({ traces }: SuiteOptions): Promise<SuiteResult> {
  const cells: Cell[] = [];
  for await (const trace of traces === undefined ? generatedTraces() : tracesOf(traces)) {
    cells.push(...cellsOf(trace));
  }
  return reportOf(cells);
}

/** One after another: the last is forgotten before the next is read. */
async function* tracesOf(folder: string): AsyncGenerator<Trace> {
  for (const [name, file] of await findTraces(folder)) yield readTrace(name, file);
}
