/** ms that a pace is measured over: long enough to be steady, short enough to forget what was merely read back. */
const span = 15_000;

interface Sample {
  readonly time: number;
  readonly inputs: number;
  readonly bytes: number;
}

/** How fast it goes lately. */
export class Pace {
  #samples: Sample[] = [];

  /** @param time in ms */
  note(time: number, inputs: number, bytes: number): void {
    this.#samples.push({ time, inputs, bytes });
    // One sample from before the span is kept, so that slow work has something to be measured against.
    while (this.#samples.length > 2 && this.#samples[1]!.time < time - span) this.#samples.shift();
  }

  /** Inputs a second; `undefined` while unknown. */
  get rate(): number | undefined {
    return this.#slope(({ inputs }) => inputs);
  }

  /** Seconds until so many bytes are done with; `undefined` while unknown. */
  secondsUntil(totalBytes: number): number | undefined {
    const rate = this.#slope(({ bytes }) => bytes);
    const last = this.#samples.at(-1);
    return rate === undefined || rate <= 0 ? undefined : Math.max(0, totalBytes - last!.bytes) / rate;
  }

  #slope(of: (sample: Sample) => number): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.time <= first.time) return undefined;
    return ((of(last) - of(first)) / (last.time - first.time)) * 1_000;
  }
}
