import {
  createPredictor,
  type Entry,
  fromFunction,
  memory,
  type Predictor,
  type Tensors,
} from '@predcache/core';
import { type IndexedDBTier, indexedDB } from '@predcache/indexeddb';
import type { Outlet, Progress, Settings } from './messages.js';
import { areRight, compute, entryOf, type Input, keyOfInput, model } from './numbers.js';
import { Watch } from './watch.js';

/** How long a promise may stay pending before it is given up, in ms. Beyond the limit, so that slow and stuck differ. */
const patience = 10_000;

/** A predictor and its persistent tier. Every value they give is checked, every promise timed; nothing here throws. */
export class Subject {
  readonly #floats: number;
  readonly #outlet: Outlet;
  readonly #watch = new Watch();
  readonly #tier: IndexedDBTier;
  readonly #predictor: Predictor<Input, Tensors>;
  /** What was asked for, by key, until the tier says that it is stored. */
  readonly #asked = new Map<string, { readonly number: number; readonly epoch: number }>();
  readonly #tierErrors: Record<string, number> = {};
  #evictedKeys: string[] = [];
  #epoch: number;
  #answers = 0;
  #wrong = 0;
  #failed = 0;
  #hits = 0;
  #mostEntries = 0;
  #complaint: string | undefined;

  constructor({ maxSize, floats, epoch = 0 }: Settings, outlet: Outlet) {
    this.#epoch = epoch;
    this.#floats = floats;
    this.#outlet = outlet;
    this.#tier = indexedDB({ maxSize });
    this.#tier.subscribe((event) => {
      if (event.type === 'evicted') this.#evicted(event.key);
      if (event.type === 'tier-error') this.#countTierError(event.operation, event.error);
    });
    this.#predictor = createPredictor<Input, Tensors>({
      model,
      // Small, so that most of what is asked again is asked of the persistent tier.
      tiers: [memory({ maxEntries: 50 }), this.#tier],
      onDevice: fromFunction(compute),
    });
    this.#predictor.subscribe((event) => {
      if (event.type === 'stored' && event.tier === 'indexeddb') this.#stored(event.key);
    });
  }

  /** Tells what is written from now on apart from what was before. */
  begin(epoch: number): void {
    this.#epoch = epoch;
  }

  progress(): Progress {
    return {
      answers: this.#answers,
      wrong: this.#wrong,
      failed: this.#failed,
      hits: this.#hits,
      mostEntries: this.#mostEntries,
      slowest: this.#watch.slowest,
      unsettled: this.#watch.pending.filter(({ time }) => time > patience),
      tierErrors: { ...this.#tierErrors },
      complaint: this.#complaint,
    };
  }

  /** Whether some promise has been pending for so long that it is given up. */
  get isStuck(): boolean {
    return this.#watch.pending.some(({ time }) => time > patience);
  }

  /** Asks for a prediction; gives where it came from. */
  async predict(number: number): Promise<string | undefined> {
    const input = this.#input(number);
    const key = await keyOfInput(input);
    if (!this.#asked.has(key)) this.#asked.set(key, { number, epoch: this.#epoch });
    const answer = await this.#call('predict', () => this.#predictor.predict(input));
    if (answer === undefined) return undefined;
    this.#answers++;
    if (answer.source === 'indexeddb') this.#hits++;
    if (answer.source !== 'on_device') this.#asked.delete(key);
    if (answer.key !== key || !areRight(answer.output, input))
      this.#isWrong(`prediction ${number} from ${answer.source}`);
    return answer.source;
  }

  /** Stores the entries of some numbers, past the predictor. */
  async write(numbers: readonly number[]): Promise<void> {
    const epoch = this.#epoch;
    const { modelId } = this.#predictor;
    const entries = await Promise.all(numbers.map((number) => entryOf(this.#input(number), modelId)));
    this.#outlet.tell({ type: 'writing' });
    const stored = await this.#call('setMany', () => this.#tier.setMany(entries));
    // Of a part, nobody knows which.
    if (stored === entries.length) this.#outlet.tell({ type: 'acknowledged', numbers, epoch });
  }

  /** Looks up some numbers in the tier, past the predictor. One that is wrong counts as missing as well. */
  async read(numbers: readonly number[]): Promise<readonly (Entry | undefined)[]> {
    const keys = await Promise.all(numbers.map((number) => keyOfInput(this.#input(number))));
    const entries = (await this.#call('getMany', () => this.#tier.getMany(keys))) ?? [];
    return numbers.map((number, index) => {
      const entry = entries[index];
      if (entry === undefined) return undefined;
      this.#answers++;
      const isRight =
        entry.key === keys[index] &&
        entry.model === this.#predictor.modelId &&
        areRight(entry.outputs, this.#input(number));
      if (isRight) return entry;
      this.#isWrong(`entry ${number}`);
      return undefined;
    });
  }

  keyOf(number: number): Promise<string> {
    return keyOfInput(this.#input(number));
  }

  async usage(): Promise<{ readonly entries: number; readonly bytes: number }> {
    const usage = await this.#call('usage', () => this.#tier.usage());
    this.#mostEntries = Math.max(this.#mostEntries, usage?.entries ?? 0);
    return { entries: usage?.entries ?? -1, bytes: usage?.bytes ?? -1 };
  }

  /** Writes what is pending, and lets go of the database. Settles in any case. */
  async dispose(): Promise<void> {
    void this.#call('dispose', () => this.#predictor.dispose());
    await this.#watch.settled(patience);
  }

  #input(number: number): Input {
    return { number, floats: this.#floats };
  }

  async #call<T>(what: string, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#watch.time(what, call);
    } catch (error) {
      this.#failed++;
      this.#complaint ??= `${what} rejected: ${error}`;
      return undefined;
    }
  }

  #stored(key: string): void {
    const asked = this.#asked.get(key);
    if (asked === undefined) return;
    this.#asked.delete(key);
    this.#outlet.tell({ type: 'acknowledged', numbers: [asked.number], epoch: asked.epoch });
  }

  #evicted(key: string): void {
    this.#evictedKeys.push(key);
    if (this.#evictedKeys.length > 1) return;
    // They come many at a time.
    queueMicrotask(() => {
      this.#outlet.tell({ type: 'evicted', keys: this.#evictedKeys });
      this.#evictedKeys = [];
    });
  }

  #isWrong(what: string): void {
    this.#wrong++;
    this.#complaint ??= `${what} is wrong`;
  }

  #countTierError(operation: string, error: { readonly code: string; readonly cause?: unknown }): void {
    const cause = (error.cause as { readonly name?: unknown } | undefined)?.name;
    const name = [operation, error.code, cause].filter((part) => typeof part === 'string').join(' ');
    this.#tierErrors[name] = (this.#tierErrors[name] ?? 0) + 1;
  }
}
