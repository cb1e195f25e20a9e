import { readdirSync, readFileSync } from 'node:fs';

/**
 * MB that a process and all it has started take together. Memory that several of them share counts once: it is the sum
 * of each one's proportional share (PSS), which only Linux tells.
 */
export function memoryOfProcesses(root: number): number {
  return processesBelow(root).reduce((sum, id) => sum + proportionalShare(id), 0) / 1000;
}

function processesBelow(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const id = Number(name);
    const parent = Number.isInteger(id) ? parentOf(id) : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const found = [root];
  // It grows as it is walked.
  for (const id of found) found.push(...(children.get(id) ?? []));
  return found;
}

function parentOf(id: number): number | undefined {
  const status = readOf(id, 'stat');
  // The name before it may have anything in it.
  const fields = status?.slice(status.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? undefined : Number(fields[1]);
}

/** In kB; 0 for a process that has ended. */
function proportionalShare(id: number): number {
  const match = /^Pss:\s+(\d+) kB/m.exec(readOf(id, 'smaps_rollup') ?? '');
  return match === null ? 0 : Number(match[1]);
}

/** kB that a process takes by itself, without the files that it shares with others. 0 for one that has ended. */
export function ownMemory(id: number): number {
  const match = /^Pss_Anon:\s+(\d+) kB/m.exec(readOf(id, 'smaps_rollup') ?? '');
  return match === null ? 0 : Number(match[1]);
}

/** A process may end while it is looked at. */
function readOf(id: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
