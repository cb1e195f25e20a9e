/** Bytes that there are by now, and how many there will be, where that is known. */
export type OnBytes = (loadedBytes: number, totalBytes: number | undefined) => void;

/** Adds up how far several files have come. */
export class AddedProgress {
  readonly #loaded: number[];
  readonly #totals: (number | undefined)[];
  readonly #hasTold: boolean[];
  readonly #report: OnBytes;

  constructor(files: number, report: OnBytes) {
    this.#loaded = Array(files).fill(0);
    this.#totals = Array(files).fill(undefined);
    this.#hasTold = Array(files).fill(false);
    this.#report = report;
  }

  /** What a file is to tell its progress. Starting again does not take back what was told. */
  ofFile(index: number): OnBytes {
    return (loaded, total) => {
      this.#loaded[index] = Math.max(this.#loaded[index]!, loaded);
      this.#totals[index] = total;
      this.#hasTold[index] = true;
      // Until each has told its size, the first small file would look like the whole.
      if (this.#hasTold.every(Boolean)) this.#report(sum(this.#loaded), this.#total());
    };
  }

  #total(): number | undefined {
    return this.#totals.includes(undefined) ? undefined : sum(this.#totals as number[]);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
