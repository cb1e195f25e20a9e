import { type ChildProcess, fork } from 'node:child_process';
import type { MeasurerMethod, Reply } from './messages.js';
import type { Contestant } from './process/contestants/contestants.js';
import type { Measurer } from './process/measurer.js';

/** Characters of what a process wrote before it died. */
const lastWords = 2000;

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * A process of one contestant, which has its heap and its compiled code for itself. Every question is answered, or fails
 * with what went wrong.
 */
export class MeasuringProcess {
  readonly contestant: Contestant;
  readonly #patience: number;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #pending: Pending | undefined;
  #failure: Error | undefined;
  #written = '';

  /** @param patience ms that any one answer may take */
  constructor(script: string, contestant: Contestant, patience = 600_000) {
    this.contestant = contestant;
    this.#patience = patience;
    this.#process = fork(script, {
      // Instead of the options of this process, a test runner's for instance.
      execArgv: ['--expose-gc', '--max-old-space-size=4096'],
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', NODE_V8_COVERAGE: '' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#written = (this.#written + text).slice(-lastWords);
    });
    this.#process.on('message', (reply: Reply) => this.#hear(reply));
    this.#process.on('error', (error) => this.#fail(error.message));
    this.#ended = new Promise((resolve) => {
      this.#process.on('close', (code, signal) => {
        this.#fail(`its process ended with ${signal ?? `code ${code}`}. ${this.#written}`);
        resolve();
      });
    });
  }

  /** Calls a method of the process's measurer. One at a time. */
  ask<Method extends MeasurerMethod>(
    method: Method,
    ...parameters: Parameters<Measurer[Method]>
  ): Promise<Awaited<ReturnType<Measurer[Method]>>> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const timer = setTimeout(() => {
        this.#fail(`no answer to ${method} in ${this.#patience} ms`);
        this.#process.kill('SIGKILL');
      }, this.#patience);
      this.#pending = { resolve, reject, timer };
      this.#process.send({ method, parameters }, (error) => {
        if (error !== null) this.#fail(error.message);
      });
    });
  }

  /** Ends the process; whatever it was asked for fails. */
  async close(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  #hear(reply: Reply): void {
    if ('error' in reply) this.#settle()?.reject(this.#errorOf(reply.error));
    else this.#settle()?.resolve(reply.value as never);
  }

  /** From now on nothing can be asked. */
  #fail(reason: string): void {
    this.#failure ??= this.#errorOf(reason);
    this.#settle()?.reject(this.#failure);
  }

  #settle(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) clearTimeout(pending.timer);
    return pending;
  }

  #errorOf(reason: string): Error {
    return new Error(`Measuring ${this.contestant} failed: ${reason.trim()}`);
  }
}
