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
  const rounds = {} as Record<Name, Map<Contestant, Round[]>>;
  for (const name of names) rounds[name] = new Map(processes.map(({ contestant }) => [contestant, []]));
  await Promise.all(processes.map((process) => prepare(process, cells)));
  const turns = names.flatMap((name) => processes.map((process) => ({ name, process })));
  for (let round = 0; round < count; round++) {
    // Nobody is to come always after the same one.
    for (const { name, process } of rotated(turns, round))
      rounds[name].get(process.contestant)!.push(await process.ask('round', name));
  }
  await Promise.all(processes.map((process) => process.ask('forget')));
  return rounds;
}

async function prepare(process: MeasuringProcess, cells: Readonly<Record<string, Cell>>): Promise<void> {
  for (const [name, cell] of Object.entries(cells)) await process.ask('prepare', name, cell);
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
