import type { Outlet, Progress, Settings } from './messages.js';
import type { FromWorker, ToWorker } from './workerMessages.js';

/** A load in a worker of its own, which can be terminated. */
export class WorkerLoad {
  readonly #worker = new Worker(new URL('./load.worker.ts', import.meta.url), { type: 'module' });
  readonly #outlet: Outlet;
  #isWriting = false;
  #begun: (() => void) | undefined;
  #ended: ((progress: Progress) => void) | undefined;

  constructor(settings: Settings, outlet: Outlet) {
    this.#outlet = outlet;
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => void this.#hear(data);
    this.#send({ type: 'start', settings });
  }

  /**
   * Terminates the worker so many ms after it has begun a write.
   *
   * @returns whether that write had not been acknowledged by then
   */
  async terminate(delay: number): Promise<boolean> {
    await new Promise<void>((resolve) => {
      this.#begun = resolve;
    });
    const end = performance.now() + delay;
    // Timers are too coarse for a few ms.
    while (performance.now() < end) await new Promise((resolve) => setTimeout(resolve));
    this.#worker.terminate();
    return this.#isWriting;
  }

  end(): Promise<Progress> {
    return new Promise((resolve) => {
      this.#ended = resolve;
      this.#send({ type: 'end' });
    });
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  async #hear(message: FromWorker): Promise<void> {
    if (message.type === 'grant') this.#send({ type: 'granted', from: await this.#outlet.grant() });
    else if (message.type === 'ended') this.#ended?.(message.progress);
    else {
      if (message.type === 'writing') {
        this.#isWriting = true;
        this.#begun?.();
      }
      // Of predictions one number is told at a time.
      if (message.type === 'acknowledged' && message.numbers.length > 1) this.#isWriting = false;
      this.#outlet.tell(message);
    }
  }
}
