import { now } from '../../clock.js';
import type { Availability, Engine, LoadProgress } from '../../engines/engine.js';
import type { PredcacheError } from '../../errors/predcacheError.js';
import { toPredcacheError } from '../../errors/toPredcacheError.js';
import type { Model } from '../../model.js';
import { type BackgroundDownload, mayDownload } from './backgroundDownload.js';
import { Backoff } from './backoff.js';

export interface DeviceModelOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly download: BackgroundDownload;
  readonly onProgress: (progress: LoadProgress) => void;
  /** A download that nobody waits for has failed. */
  readonly onFailed: (error: PredcacheError) => void;
}

/** ms for which an engine is believed that has not got the model: another predictor or tab may load it. */
const believed = 1_000;

/** How far the model has come on this device, while another engine can answer. */
export class DeviceModel {
  readonly #options: DeviceModelOptions;
  readonly #backoff = new Backoff();
  readonly #end = new AbortController();
  #state: Availability['state'] | undefined;
  #askedAt = 0;
  #asking: Promise<void> | undefined;
  #loading: Promise<void> | undefined;
  #isLoaded = false;

  constructor(options: DeviceModelOptions) {
    this.#options = options;
  }

  /** Whether a run begins without a download. */
  get isAvailable(): boolean {
    return this.#isLoaded || this.#state === 'available';
  }

  /** Whether a run begins at once. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Whether a run would only fail, as the engine says. */
  get isUnavailable(): boolean {
    return !this.#isLoaded && this.#state === 'unavailable';
  }

  /** Whether it has failed so that it is better left alone. */
  get isResting(): boolean {
    return this.#backoff.isResting;
  }

  /** Whether it may be asked first. One request at a time, after it has failed. */
  mayTry(): boolean {
    return this.#backoff.mayTry();
  }

  /** Finds out how far it is. Settles; `undefined` where that is known. */
  ask(): Promise<void> | undefined {
    if (this.isAvailable || this.#loading !== undefined) return undefined;
    if (this.#state !== undefined && now() - this.#askedAt < believed) return undefined;
    return this.askAnew();
  }

  /** The same, however lately it was asked. */
  askAnew(): Promise<void> {
    if (this.isAvailable) return Promise.resolve();
    this.#asking ??= this.#ask();
    return this.#asking;
  }

  /** Loads it, with nobody waiting. From the network only where that is allowed. */
  loadInBackground(): void {
    if (this.#isLoaded || this.#loading !== undefined || this.#end.signal.aborted) return;
    if (this.#state === undefined || this.isUnavailable) return;
    if (!this.isAvailable && !mayDownload(this.#options.download)) return;
    if (!this.#backoff.mayTry()) return;
    this.#loading = this.#load().finally(() => {
      this.#loading = undefined;
    });
  }

  loaded(): void {
    this.#isLoaded = true;
    this.#backoff.succeeded();
  }

  /** What it was asked at a time to compute has failed. */
  failed({ code }: PredcacheError, begunAt: number): void {
    // Whatever the input was, another one would fare no better.
    if (!/^(MODEL_|RUNTIME_|WORKER_)/.test(code)) return;
    this.#isLoaded = false;
    this.#state = undefined;
    this.#backoff.failed(begunAt);
  }

  /** Nobody asks any longer. Settles once nothing is being loaded. */
  async close(): Promise<void> {
    this.#end.abort(new DOMException('Nobody needs the model any longer.', 'AbortError'));
    await this.#loading;
  }

  async #ask(): Promise<void> {
    const { engine, model } = this.#options;
    try {
      this.#state = (await engine.availability({ model })).state;
    } catch {
      // A run will say what is wrong, if there is anything.
      this.#state = 'unavailable';
    }
    this.#askedAt = now();
    this.#asking = undefined;
  }

  async #load(): Promise<void> {
    const { engine, model, onProgress, onFailed } = this.#options;
    const begun = now();
    try {
      await engine.load({ model, onProgress, signal: this.#end.signal });
      this.loaded();
    } catch (error) {
      if (this.#end.signal.aborted) return;
      this.#backoff.failed(begun);
      this.#state = undefined;
      onFailed(
        toPredcacheError(error, {
          code: 'ENGINE_FAILED',
          where: `engine "${engine.name}", load`,
          hint: 'See the cause',
        }),
      );
    }
  }
}
