import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { CommandError } from '../support/commandError.js';
import type { Trace } from './trace.js';
import { TraceRecorder } from './traceRecorder.js';

/** What may lie beside traces without being one. */
const notTraces = /^(\.|readme)|\.md$/i;

/** The trace files of a folder, by name. Fails in words for whoever named the folder when there is none. */
export async function findTraces(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const fileName of (await orCommandError(folder, readdir(folder))).sort()) {
    const file = path.join(folder, fileName);
    if (notTraces.test(fileName) || !(await isFile(file))) continue;
    const { name } = path.parse(fileName);
    const other = files.get(name);
    if (other !== undefined) {
      throw new CommandError(`${path.basename(other)} and ${fileName} of ${folder} would both be ${name}.`);
    }
    files.set(name, file);
  }
  if (files.size === 0) throw new CommandError(`${folder} has no trace file.`);
  return files;
}

/** Reads a file of one key a line. Lines without a key do not count. */
export async function readTrace(name: string, file: string): Promise<Trace> {
  const recorder = new TraceRecorder<string>();
  await orCommandError(file, record(file, recorder));
  const trace = recorder.trace(name);
  if (trace.keys === 0) throw new CommandError(`${file} has no key.`);
  return trace;
}

async function isFile(file: string): Promise<boolean> {
  // A link that leads nowhere is no file.
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}

async function record(file: string, recorder: TraceRecorder<string>): Promise<void> {
  let rest = '';
  // One character a byte: whatever the file's encoding is, different keys stay different.
  for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: 1 << 18 })) {
    const text = rest + chunk;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      addLine(text.slice(start, end), recorder);
      start = end + 1;
    }
    rest = text.slice(start);
  }
  addLine(rest, recorder);
}

function addLine(line: string, recorder: TraceRecorder<string>): void {
  const key = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (key !== '') recorder.add(key);
}

async function orCommandError<Result>(what: string, promise: Promise<Result>): Promise<Result> {
  try {
    return await promise;
  } catch (error) {
    throw new CommandError(`${what} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
