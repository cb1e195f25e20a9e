import { readFileSync } from 'node:fs';
import { until } from './until.js';

/**
 * Ends a group of processes at one moment, and settles when none of them runs any more.
 *
 * @param processes Ids; the first one's is the group's.
 */
export async function killGroup(processes: readonly number[]): Promise<void> {
  process.kill(-processes[0]!, 'SIGKILL');
  await until('every process of the group has ended', () => !processes.some(isRunning));
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
  } catch {
    return false;
  }
  try {
    // Where nobody collects orphans, a process that has ended stays in the table as a zombie.
    const status = readFileSync(`/proc/${id}/stat`, 'utf8');
    return !/^Z/.test(status.slice(status.lastIndexOf(')') + 2));
  } catch {
    return process.platform !== 'linux';
  }
}
