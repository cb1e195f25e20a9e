import type { Engine } from '../../engines/engine.js';
import type { Model } from '../../model.js';
import { releaseModel, retainModel } from '../../ownership.js';

export interface ModelUseOptions {
  readonly model: Model;
  readonly engines: Iterable<Engine>;
  /** Settles when engines compute nothing of it. */
  readonly whenIdle: () => Promise<unknown>;
}

/** Keeps a model in use by its engines until it is retired and nothing is under way. */
export class ModelUse {
  readonly #model: Model;
  readonly #engines: ReadonlySet<Engine>;
  readonly #whenIdle: ModelUseOptions['whenIdle'];
  /** Calls under way. */
  #uses = 0;
  #isRetired = false;
  #isRetained = false;

  constructor({ model, engines, whenIdle }: ModelUseOptions) {
    this.#model = model;
    this.#engines = new Set(engines);
    this.#whenIdle = whenIdle;
    this.#retain();
  }

  /** What looked in the tiers first may come after the model was given back: that loads it again. */
  async using<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#uses++;
    this.#retain();
    try {
      return await task();
    } finally {
      this.#uses--;
      if (this.#isRetired) void this.#giveBack();
    }
  }

  /** Nothing new is asked of it: once what is under way has ended, engines give back what the model took. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    await this.#giveBack();
  }

  #retain(): void {
    if (this.#isRetained) return;
    this.#isRetained = true;
    for (const engine of this.#engines) retainModel(engine, this.#model);
  }

  async #giveBack(): Promise<void> {
    await this.#whenIdle();
    if (this.#uses > 0 || !this.#isRetained) return;
    this.#isRetained = false;
    const model = this.#model;
    const unused = [...this.#engines].filter((engine) => releaseModel(engine, model));
    // One that is being disposed of gives it back anyway.
    await Promise.all(unused.map((engine) => engine.unload?.({ model }).catch(() => {})));
  }
}
