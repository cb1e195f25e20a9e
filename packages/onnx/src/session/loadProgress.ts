import type { LoadProgress } from '@predcache/core';

/** Share of the whole that downloading is given; building the session and warming up have the rest. */
const downloadShare = 0.9;
/** Bytes after which a download of unknown length shows as half done. */
const halfWay = 2_000_000;

/** What is reported of a model that was loaded before. */
export const ready: LoadProgress = { phase: 'ready', loadedBytes: 0, ratio: 1 };

/** Turns the steps of one load into progress whose ratio never falls. */
export class ProgressReporter {
  readonly #report: (progress: LoadProgress) => void;
  #last: LoadProgress = { phase: 'runtime', loadedBytes: 0, ratio: 0 };

  constructor(report: (progress: LoadProgress) => void) {
    this.#report = report;
  }

  /** What was reported last. */
  get last(): LoadProgress {
    return this.#last;
  }

  runtime(): void {
    this.#emit('runtime', 0, undefined, 0);
  }

  download(loadedBytes: number, totalBytes: number | undefined): void {
    const done =
      totalBytes === undefined ? loadedBytes / (loadedBytes + halfWay) : loadedBytes / (totalBytes || 1);
    this.#emit('download', loadedBytes, totalBytes, downloadShare * Math.min(1, done));
  }

  session(loadedBytes: number): void {
    this.#emit('session', loadedBytes, loadedBytes, downloadShare);
  }

  ready(): void {
    const { loadedBytes } = this.#last;
    this.#emit('ready', loadedBytes, loadedBytes, 1);
  }

  #emit(
    phase: LoadProgress['phase'],
    loadedBytes: number,
    totalBytes: number | undefined,
    ratio: number,
  ): void {
    this.#last = {
      phase,
      loadedBytes,
      ...(totalBytes === undefined ? {} : { totalBytes }),
      ratio: Math.max(ratio, this.#last.ratio),
    };
    this.#report(this.#last);
  }
}
