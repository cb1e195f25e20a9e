import type { Origin, OriginWrite } from '../../src/index.js';

/**
 * What an origin does with a call: takes it; fails; never answers; takes it, or the first half of it, and fails all the
 * same; throws at once.
 */
export type Behaviour = 'take' | 'fail' | 'hang' | 'takeAndFail' | 'takeHalfAndFail' | 'throw';

export interface Taken {
  readonly idempotencyKey: string;
  readonly key: string;
  /** What was put, by its outputs. */
  readonly number: number;
}

/** An origin that does as it is told and writes down what it took. */
export class RecordingOrigin {
  /** In order, repetitions included. */
  readonly taken: Taken[] = [];
  /** The numbers of each call. */
  readonly calls: (readonly number[])[] = [];
  readonly signals: AbortSignal[] = [];
  /** For the next calls; after the last one it takes. */
  behaviours: Behaviour[] = [];
  /** Calls with one of these numbers are refused for good. */
  readonly poisonous = new Set<number>();
  /** Calls with one of these keys fail. */
  readonly failingKeys = new Set<string>();

  /** As one process sees it. */
  seenBy(process: { readonly isDead: boolean } = { isDead: false }): Origin {
    return {
      write: (writes, { signal }) => {
        this.signals.push(signal);
        return process.isDead ? new Promise(() => {}) : this.#write(writes);
      },
    };
  }

  /** What was taken, without repetitions. */
  get numbers(): readonly number[] {
    return [...new Set(this.taken.map(({ number }) => number))];
  }

  #write(writes: readonly OriginWrite[]): Promise<void> {
    this.calls.push(writes.map(numberOf));
    const behaviour = this.behaviours.shift() ?? 'take';
    if (behaviour === 'hang') return new Promise(() => {});
    if (behaviour === 'throw') throw new Error('Thrown at once');
    if (behaviour === 'fail') return Promise.reject(new Error('Not now'));
    if (writes.some((write) => this.poisonous.has(numberOf(write))))
      return Promise.reject(Object.assign(new Error('Never'), { permanent: true }));
    if (writes.some(({ entry }) => this.failingKeys.has(entry.key)))
      return Promise.reject(new Error('Not this key'));
    const some = behaviour === 'takeHalfAndFail' ? writes.slice(0, Math.ceil(writes.length / 2)) : writes;
    for (const write of some)
      this.taken.push({
        idempotencyKey: write.idempotencyKey,
        key: write.entry.key,
        number: numberOf(write),
      });
    return behaviour === 'take' ? Promise.resolve() : Promise.reject(new Error('The answer was lost'));
  }
}

export function numberOf({ entry }: OriginWrite): number {
  return entry.outputs as number;
}
