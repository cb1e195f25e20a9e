import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Finished {
  readonly status: number | null;
  readonly output: string;
}

/** A command of the project in a process of its own, its output gathered. */
export class RunningCommand {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  #output = '';

  /** Runs a script of the project in Node. */
  static script(script: string, args: readonly string[]): RunningCommand {
    return new RunningCommand(process.execPath, [path.join(root, script), ...args]);
  }

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.on('data', (chunk) => this.#hear(chunk));
    this.child.stderr!.on('data', (chunk) => this.#hear(chunk));
    this.finished = new Promise((resolve) => {
      this.child.on('close', (status) => resolve({ status, output: this.#output }));
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Settles once the output matches; rejects when the command ends without. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      const next = new Promise<'more'>((resolve) => {
        this.#wake = () => resolve('more');
      });
      const what = await Promise.race([next, this.finished]);
      if (what !== 'more')
        throw new Error(`It ended with ${what.status} before it printed ${pattern}:\n${what.output}`);
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Finished> {
    this.child.kill(signal);
    return this.finished;
  }

  #wake = () => {};

  #hear(chunk: Buffer): void {
    this.#output += chunk.toString();
    this.#wake();
  }
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Demo {
  readonly url: string;
  readonly command: RunningCommand;
}

/** `npm start` as a user runs it, but for npm itself. */
export async function startDemo(): Promise<Demo> {
  const command = RunningCommand.script('scripts/start.mjs', ['--port', String(await freePort())]);
  const [url] = await command.printed(/http:\/\/\S+/);
  return { url, command };
}
