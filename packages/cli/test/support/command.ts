import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';

export const root = fileURLToPath(new URL('../../../..', import.meta.url));
const bin = fileURLToPath(new URL('../../bin/predcache.js', import.meta.url));

/** Builds what the command runs; call it in `beforeAll`. */
export function buildCommand(): void {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const built = spawnSync(process.execPath, [tsc, '-b', 'packages/cli'], { cwd: root, encoding: 'utf8' });
  expect(built.status, built.stdout).toBe(0);
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
}

/** Starts the command as a user would, its standard input open; it is gone when the test is over. */
export function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, [bin, ...args]);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (output.stdout += data));
  child.stderr.on('data', (data) => (output.stderr += data));
  // A command that does not read its input may be gone before it is written.
  child.stdin.on('error', () => undefined);
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => resolve({ status, ...output }));
  });
  return { process: child, ended };
}

/** Runs the command to its end. */
export function predcache(args: readonly string[], input = ''): Promise<Ended> {
  const { process: child, ended } = start(args);
  child.stdin.end(input);
  return ended;
}
