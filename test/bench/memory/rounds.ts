import { interleave } from '../support/timing.js';
import type { MeasuringProcess } from './measuringProcess.js';
import type { Cell, Round } from './messages.js';
import type { Contestant } from './process/contestants/contestants.js';

/** The rounds of a cell by contestant; those at the same place were run one right after another. */
export type Rounds = ReadonlyMap<Contestant, readonly Round[]>;

/**
 * Measures cells, all of them and all processes in turn within each round: what disturbs a round disturbs everyone.
 *
 * @returns the rounds by cell
 */
export async function measureRounds<Name extends string>(
  processes: readonly MeasuringProcess[],
  cells: Readonly<Record<Name, Cell>>,
  count: number,
): Promise<Readonly<Record<Name, Rounds>>> {
  const names = Object.keys(cells) as Name[];
  await Promise.all(processes.map((process) => prepare(process, cells)));
  const turns = names.flatMap((name) =>
    processes.map((process) => [turnOf(name, process), () => process.ask('round', name)] as const),
  );
  const samples = await interleave(count, Object.fromEntries(turns));
  await Promise.all(processes.map((process) => process.ask('forget')));
  const roundsOf = (name: Name) =>
    new Map(processes.map((process) => [process.contestant, samples[turnOf(name, process)]!]));
  return Object.fromEntries(names.map((name) => [name, roundsOf(name)])) as unknown as Record<Name, Rounds>;
}

function turnOf(name: string, { contestant }: MeasuringProcess): string {
  return `${name} ${contestant}`;
}

/** One after another: a process is asked for one thing at a time. */
async function prepare(process: MeasuringProcess, cells: Readonly<Record<string, Cell>>): Promise<void> {
  for (const [name, cell] of Object.entries(cells)) await process.ask('prepare', name, cell);
}
