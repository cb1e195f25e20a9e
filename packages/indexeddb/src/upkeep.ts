/** ms after the last change or use: time in which the page has other things to do. */
const quietTime = 2_000;

/**
 * What has to be done now and then: when nothing has happened for a while, when the page is hidden, and at the end. Only
 * if something has happened since.
 */
export class Upkeep {
  readonly #work: (isLeaving: boolean) => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDue = false;
  /** When something happened last. */
  #lastAt = 0;
  #running: Promise<void> | undefined;

  /** @param work is told whether the page is being left, which may end before everything is done */
  constructor(work: (isLeaving: boolean) => Promise<void>) {
    this.#work = work;
  }

  /** Something has happened. */
  due(): void {
    this.#isDue = true;
    this.#lastAt = performance.now();
    if (this.#timer === undefined) this.#wait(quietTime);
  }

  /** Does it now, if it is due; settles when it is done. */
  async run(isLeaving = false): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#running !== undefined) await this.#running;
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#running = this.#work(isLeaving).finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  #wait(time: number): void {
    this.#timer = setTimeout(() => {
      const left = this.#lastAt + quietTime - performance.now();
      if (left > 0) this.#wait(left);
      else void this.run();
    }, time);
    // In Node, waiting would keep the process from ending.
    (this.#timer as { unref?: () => void }).unref?.();
  }
}
