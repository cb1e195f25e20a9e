import { aligned } from '../../bench/support/table.js';
import type { Outcome } from './runScenario.js';

const columns = [
  'scenario',
  'runs',
  'answers',
  'wrong',
  'failed',
  'acknowledged',
  'lost',
  'miscounted',
  'emptied',
  'slowest ms',
  'of',
] as const;

/** One line a scenario. */
export function tableOf(outcomes: ReadonlyMap<string, Outcome>): string {
  const rows = [...outcomes].map(([name, outcome]) => {
    if ('skipped' in outcome) return [name, 'skipped', ...Array(columns.length - 2).fill('')];
    const { runs, answers, wrong, failed, acknowledged, lost, miscounted, emptied, slowest } = outcome.tally;
    const counts = [
      runs,
      answers,
      wrong,
      failed,
      acknowledged,
      lost,
      miscounted,
      emptied,
      Math.round(slowest.time),
    ];
    return [name, ...counts.map(String), slowest.what];
  });
  const alignments = columns.map((column) => (column === 'scenario' || column === 'of' ? 'left' : 'right'));
  return aligned([columns, ...rows], alignments).join('\n');
}

/** What there is to say of a scenario beside its line in the table. */
export function remarksOf(outcome: Outcome): string[] {
  if ('skipped' in outcome) return [`skipped: ${outcome.skipped}`];
  const { notes, tierErrors, violations } = outcome.tally;
  return [
    ...notes,
    ...(tierErrors === '' ? [] : [`reported by the tier: ${tierErrors}`]),
    ...violations.map((violation) => `VIOLATED ${violation}`),
  ];
}
