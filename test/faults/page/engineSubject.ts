import {
  createPredictor,
  type Engine,
  type Entry,
  isPredcacheError,
  memory,
  type Predictor,
  type Tensors,
} from '@predcache/core';
import { bitsOf } from '@predcache/core/testing';
import { onnx } from '@predcache/onnx';
import { type Asked, askedModels, hugeInput, inputsOfModel } from './engineModels.js';
import type { WorkerFault } from './faulty.worker.js';
import type { Progress } from './messages.js';
import { Watch } from './watch.js';

export type EngineFault = 'killed' | WorkerFault['fault'];

export interface EngineProgress extends Progress {
  /** Workers made so far. */
  readonly workers: number;
  /** Answers since the latest worker was made. */
  readonly sinceWorker: number;
  /** Predictions that rejected with what the fault is known to bring, by code. */
  readonly givenUp: Readonly<Record<string, number>>;
}

export interface EngineSettings {
  readonly workers: number;
  /** ms; a worker that is asked for a sign of life after that has 2 s more. */
  readonly runTimeout: number;
  /** Codes that predictions may reject with. */
  readonly mayReject: readonly string[];
}

const createWorker = () => new Worker(new URL('./faulty.worker.ts', import.meta.url), { type: 'module' });
/** ms after which a promise is given up. */
const patience = 20_000;

interface Subject extends Asked {
  readonly predictor: Predictor<Tensors, Tensors>;
  /** Of each number: what the model answers undisturbed. */
  readonly right: readonly string[];
}

/** Predictors of several models over one engine, whose every answer is compared with what an undisturbed one gave. */
export class EngineSubject {
  readonly #settings: EngineSettings;
  readonly #watch = new Watch();
  readonly #made: Worker[] = [];
  readonly #stored = new Map<string, string>();
  readonly #givenUp: Record<string, number> = {};
  readonly #subjects: Subject[] = [];
  #engine: Engine | undefined;
  #answers = 0;
  #sinceWorker = 0;
  #wrong = 0;
  #failed = 0;
  #hits = 0;
  #complaint: string | undefined;

  constructor(settings: EngineSettings) {
    this.#settings = settings;
  }

  async prepare(): Promise<void> {
    const undisturbed = onnx({ worker: createWorker });
    this.#engine = onnx({
      worker: () => {
        const worker = createWorker();
        this.#made.push(worker);
        this.#sinceWorker = 0;
        return worker;
      },
      workers: this.#settings.workers,
      runTimeout: this.#settings.runTimeout,
    });
    for (const asked of askedModels()) {
      const right: string[] = [];
      for (let number = 0; number < inputsOfModel; number++) {
        const { outputs } = await undisturbed.run([asked.input(number)], { model: asked.model });
        right.push(bitsOf(outputs[0]));
      }
      const predictor = createPredictor<Tensors, Tensors>({
        model: asked.model,
        tiers: [this.#recording()],
        onDevice: this.#engine,
      });
      this.#subjects.push({ ...asked, predictor, right });
    }
    await undisturbed.dispose();
  }

  progress(): EngineProgress {
    return {
      answers: this.#answers,
      wrong: this.#wrong,
      failed: this.#failed,
      hits: this.#hits,
      mostEntries: this.#stored.size,
      slowest: this.#watch.slowest,
      unsettled: this.#watch.pending.filter(({ time }) => time > patience),
      tierErrors: {},
      complaint: this.#complaint,
      workers: this.#made.length,
      sinceWorker: this.#sinceWorker,
      givenUp: { ...this.#givenUp },
    };
  }

  /** Asks one of the models, as often as not for what it has been asked before. */
  async predict(random: () => number): Promise<void> {
    const { predictor, input, right } = this.#subjects[Math.floor(random() * this.#subjects.length)]!;
    const number = Math.floor(random() * inputsOfModel);
    const cache = random() < 0.8 ? 'reload' : 'default';
    const answer = await this.#call('predict', () => predictor.predict(input(number), { cache }));
    if (answer === undefined) return;
    this.#answers++;
    this.#sinceWorker++;
    if (answer.source === 'memory') this.#hits++;
    if (bitsOf(answer.output) !== right[number]) this.#isWrong(`${answer.model.name} ${number}`);
  }

  cause(fault: EngineFault): void {
    for (const worker of this.#made.slice(-this.#settings.workers)) {
      if (fault === 'killed') worker.terminate();
      else worker.postMessage({ fault } satisfies WorkerFault);
      // One at a time: with several workers, the last one made.
      if (fault !== 'memory') break;
    }
    if (fault === 'memory') {
      const scaled = this.#subjects.find(({ model }) => model.name === 'scaled')!;
      // Past the predictor, which would try it again in the next worker: that one would have the room from then on.
      void this.#call('run', () => this.#engine!.run([hugeInput()], { model: scaled.model }));
    }
  }

  /** Settles when what is pending has been for so long that it is given up. */
  async givenUp(): Promise<void> {
    await this.#watch.settled(patience);
  }

  async dispose(): Promise<void> {
    for (const { predictor } of this.#subjects) void this.#call('dispose', () => predictor.dispose());
    await this.#watch.settled(patience);
  }

  /** A tier that notices when one key is stored with two answers. */
  #recording() {
    const tier = memory({ maxEntries: 30 });
    const setMany = tier.setMany.bind(tier);
    return Object.assign(tier, {
      setMany: (entries: readonly Entry[]) => {
        for (const { key, outputs } of entries) {
          const bits = bitsOf(outputs);
          if ((this.#stored.get(key) ?? bits) !== bits)
            this.#isWrong(`what was stored a second time under ${key}`);
          this.#stored.set(key, bits);
        }
        return setMany(entries);
      },
    });
  }

  async #call<T>(what: string, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#watch.time(what, call);
    } catch (error) {
      const code = isPredcacheError(error) ? error.code : String(error);
      if (this.#settings.mayReject.includes(code)) this.#givenUp[code] = (this.#givenUp[code] ?? 0) + 1;
      else {
        this.#failed++;
        this.#complaint ??= `${what} rejected: ${error}`;
      }
      return undefined;
    }
  }

  #isWrong(what: string): void {
    this.#wrong++;
    this.#complaint ??= `${what} is wrong`;
  }
}
