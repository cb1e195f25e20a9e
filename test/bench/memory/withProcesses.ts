import { MeasuringProcess } from './measuringProcess.js';
import type { Contestant } from './process/contestants/contestants.js';

/** Does something with a process for each contestant, started with so many keys. None of them outlives it. */
export async function withProcesses<Result>(
  script: string,
  contestants: readonly Contestant[],
  keys: number,
  body: (processes: readonly MeasuringProcess[]) => Promise<Result>,
): Promise<Result> {
  const processes = contestants.map((contestant) => new MeasuringProcess(script, contestant));
  try {
    await Promise.all(processes.map((process) => process.ask('start', process.contestant, keys)));
    return await body(processes);
  } finally {
    await Promise.all(processes.map((process) => process.close()));
  }
}
