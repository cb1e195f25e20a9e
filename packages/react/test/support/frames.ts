import { vi } from 'vitest';

/** Animation frames that come when the test says so. */
export class Frames {
  readonly #callbacks = new Map<number, FrameRequestCallback>();
  #last = 0;

  constructor() {
    vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => {
      this.#last++;
      this.#callbacks.set(this.#last, callback);
      return this.#last;
    });
    vi.stubGlobal('cancelAnimationFrame', (id: number) => this.#callbacks.delete(id));
  }

  get pending(): number {
    return this.#callbacks.size;
  }

  next(): void {
    const callbacks = [...this.#callbacks.values()];
    this.#callbacks.clear();
    for (const callback of callbacks) callback(0);
  }
}
