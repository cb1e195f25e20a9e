import type { PlainTensor, RawRequest } from './rawWorker.worker.js';

export type Feeds = Readonly<Record<string, PlainTensor>>;

/** The page's side of the hand-written worker. */
export class RawEngine {
  readonly #worker = new Worker(new URL('./rawWorker.worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting = new Map<number, (outputs: Feeds) => void>();
  #last = 0;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<{ readonly id: number; readonly outputs: Feeds }>) => {
      this.#waiting.get(data.id)!(data.outputs);
      this.#waiting.delete(data.id);
    };
  }

  async load(url: string): Promise<void> {
    await this.#call({ url });
  }

  run(feeds: Feeds): Promise<Feeds> {
    return this.#call({ feeds });
  }

  end(): void {
    this.#worker.terminate();
  }

  #call(request: { readonly url: string } | { readonly feeds: Feeds }): Promise<Feeds> {
    const id = ++this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.postMessage({ id, ...request } satisfies RawRequest);
    });
  }
}
