import type { Row } from '../suite.js';
import { median, noise } from './samples.js';

/** A line of the table. `factor` turns what was measured into `unit`. */
export function rowOf(what: string, unit: string, values: readonly number[], factor = 1): Row {
  return { what, unit, median: median(values) * factor, noise: noise(values) };
}

/** The rows as text with aligned columns. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['what', 'median', 'noise', 'unit'],
    ...rows.map(({ what, unit, median, noise }) => [
      what,
      round(median),
      `±${Math.round(noise * 100)} %`,
      unit,
    ]),
  ];
  return aligned(cells, ['left', 'right', 'right', 'left']).join('\n');
}

/** A line for each row, its cells padded to columns; columns without an alignment are aligned to the right. */
export function aligned(
  cells: readonly (readonly string[])[],
  alignments: readonly ('left' | 'right')[],
): string[] {
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const padded = (cell: string, column: number) =>
    alignments[column] === 'left' ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return cells.map((row) => row.map(padded).join('  '));
}

/** Three significant digits, without exponents. */
export function round(value: number): string {
  return String(rounded(value));
}

export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
