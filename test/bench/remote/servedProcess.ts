import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own, so that what it uses of the processor is its own too. */
export class ServedProcess {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#process = child;
  }

  /** @param script a file of `process` */
  static async start(script: string, ...args: readonly string[]): Promise<ServedProcess> {
    const child = fork(fileURLToPath(new URL(`process/${script}`, import.meta.url)), args, {
      // Instead of the options of this process, a test runner's for instance.
      execArgv: [],
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', NODE_V8_COVERAGE: '' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [message] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`${script} ended with ${code}`);
      }),
    ])) as [{ url: string }];
    return new ServedProcess(message.url, child);
  }

  /** µs of the processor used so far. */
  async cpu(): Promise<number> {
    const answer = once(this.#process, 'message');
    this.#process.send('cpu');
    const [{ cpu }] = (await answer) as [{ cpu: number }];
    return cpu;
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
