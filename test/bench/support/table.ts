import type { Row } from '../suite.js';

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
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column === 1 || column === 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  '),
    )
    .join('\n');
}

/** Three significant digits, without exponents. */
export function round(value: number): string {
  return String(rounded(value));
}

export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
