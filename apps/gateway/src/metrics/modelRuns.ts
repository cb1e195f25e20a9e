import type { Engine, EngineResult, Payload, RunOptions } from '@predcache/core';

/** Runs of an engine by the model that ran: how many, and how many inputs they had together. */
export interface Runs {
  count: number;
  inputs: number;
  /** Under way. */
  active: number;
}

/** Counts runs, which no predictor's events tell of: one run answers many inputs. */
export class ModelRuns {
  readonly #byModel = new Map<string, Runs>();

  of(name: string, version: string): Runs {
    const id = JSON.stringify([name, version]);
    let runs = this.#byModel.get(id);
    if (runs === undefined) {
      runs = { count: 0, inputs: 0, active: 0 };
      this.#byModel.set(id, runs);
    }
    return runs;
  }

  /** The same engine, its runs counted. */
  counted(engine: Engine): Engine {
    const run = async (batch: readonly Payload[], options: RunOptions): Promise<EngineResult> => {
      const runs = this.of(options.model.name, options.model.version);
      runs.count++;
      runs.inputs += batch.length;
      runs.active++;
      try {
        return await engine.run(batch, options);
      } finally {
        runs.active--;
      }
    };
    // Everything else is asked of the engine itself, whose methods may need their `this`.
    return new Proxy(engine, {
      get: (target, name) => {
        if (name === 'run') return run;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}
