import { onAbort } from '../abortSignals.js';

/**
 * The in-flight table: identical requests at the same time share one computation. Each waits under its own signal,
 * and the computation's own signal aborts only when the last one has left.
 */
export class InFlight<Result> {
  readonly #flights = new Map<string, Flight<Result>>();

  /** The flight that is on its way for this key, to wait for. */
  find(key: string): Flight<Result> | undefined {
    return this.#flights.get(key);
  }

  /** Starts a flight. Nobody waits for it yet: call `wait` before anything is awaited. */
  begin(key: string, compute: (signal: AbortSignal) => Promise<Result>): Flight<Result> {
    const flight = new Flight<Result>(compute, () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight);
    return flight;
  }

  /** Rejects everyone who waits, and stops the computations. */
  end(reason: unknown): void {
    for (const flight of [...this.#flights.values()]) flight.end(reason);
  }
}

/** One computation and those who wait for it. */
export class Flight<Result> {
  readonly #controller = new AbortController();
  readonly #result: Promise<Result>;
  readonly #leaveTable: () => void;
  #reject!: (reason: unknown) => void;
  #waiting = 0;
  #isClaimed = false;

  constructor(compute: (signal: AbortSignal) => Promise<Result>, leaveTable: () => void) {
    this.#leaveTable = leaveTable;
    this.#result = new Promise((resolve, reject) => {
      this.#reject = reject;
      // Started a microtask later, so that the table knows the flight before any of the computation runs.
      Promise.resolve(this.#controller.signal).then(compute).finally(leaveTable).then(resolve, reject);
    });
    // Everyone who waits hears of a failure; when all have left, nobody needs to.
    this.#result.catch(() => {});
  }

  /** Settles with the result, or rejects with the signal's reason as soon as it aborts. */
  wait(signal: AbortSignal | undefined): Promise<Result> {
    this.#waiting++;
    if (signal === undefined) return this.#result;
    return new Promise<Result>((resolve, reject) => {
      const leave = () => {
        reject(signal.reason);
        this.#waiting--;
        if (this.#waiting === 0) this.end(signal.reason);
      };
      // Aborted by the app's own encode, say: no event will come.
      if (signal.aborted) return leave();
      const stay = onAbort(signal, leave);
      this.#result.then(
        (result) => {
          stay();
          resolve(result);
        },
        (reason: unknown) => {
          stay();
          reject(reason);
        },
      );
    });
  }

  /** True for the first one who asks. */
  claim(): boolean {
    if (this.#isClaimed) return false;
    this.#isClaimed = true;
    return true;
  }

  /** Off the table at once: whoever asks from now on must not be handed a computation that is being stopped. */
  end(reason: unknown): void {
    this.#leaveTable();
    this.#reject(reason);
    this.#controller.abort(reason);
  }
}
