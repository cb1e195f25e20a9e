import type { SuiteResult } from '../suite.js';
import { aligned } from '../support/table.js';
import type { Cell } from './cells.js';
import { type Contestant, contestantNames } from './contestants.js';
import { type Summary, summaryOf } from './summary.js';

const summaryRows = { mean: 'mean', meanVsLru: 'mean − lru', worstVsLru: 'worst − lru' } as const;

/** The cells as a table with the means below, and as figures. */
export function reportOf(cells: readonly Cell[]): SuiteResult {
  const summaries = new Map(contestantNames.map((name) => [name, summaryOf(name, cells)]));
  return { text: textOf(cells, summaries), figures: figuresOf(cells, summaries) };
}

function textOf(cells: readonly Cell[], summaries: ReadonlyMap<Contestant, Summary>): string {
  const table = [
    ['hits in %', 'size', 'entries', ...contestantNames],
    ...cells.map(({ trace, size, entries, hitRatios }) => [
      trace,
      `${size} %`,
      String(entries),
      ...contestantNames.map((name) => hitRatios[name].toFixed(2)),
    ]),
    ...Object.entries(summaryRows).map(([figure, label]) => [
      label,
      '',
      '',
      ...contestantNames.map((name) => summaries.get(name)![figure as keyof Summary].toFixed(2)),
    ]),
  ];
  const lines = aligned(table, ['left']);
  lines.splice(cells.length + 1, 0, '');
  return lines.join('\n');
}

function figuresOf(
  cells: readonly Cell[],
  summaries: ReadonlyMap<Contestant, Summary>,
): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const { trace, size, hitRatios } of cells) {
    for (const name of contestantNames) figures[`${trace}.${size}.${name}`] = rounded(hitRatios[name]);
  }
  for (const figure of Object.keys(summaryRows) as (keyof Summary)[]) {
    for (const [name, summary] of summaries) figures[`${figure}.${name}`] = rounded(summary[figure]);
  }
  return figures;
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
