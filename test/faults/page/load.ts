import { randomNumbers } from '../../bench/support/randomNumbers.js';
import { granted, type Outlet, type Progress, type Settings } from './messages.js';
import { Subject } from './subject.js';

const predictionsAtOnce = 8;
const rowsOfWrite = 16;
/** ms between two rounds of a loop: enough for the page to stay responsive, too little for the storage to be idle. */
const pauseTime = 4;
const lately = 2 * granted;
const progressTime = 50;

/** Predictions, reads and writes without end, as a page has that is much used: half of what is asked is new. */
export class Load {
  readonly #outlet: Outlet;
  readonly #subject: Subject;
  readonly #random: () => number;
  readonly #telling: ReturnType<typeof setInterval>;
  #areLoopsOver = false;
  #isEnding = false;
  /** Numbers granted and not yet used: from, and how many. */
  #from = 0;
  #left = 0;
  #granting: Promise<void> | undefined;
  #known = 1;

  constructor(settings: Settings, outlet: Outlet) {
    this.#outlet = outlet;
    this.#subject = new Subject(settings, outlet);
    this.#random = randomNumbers(settings.seed);
    // Apart from the loops, so that it is known what they wait for.
    this.#telling = setInterval(() => {
      outlet.tell({ type: 'progress', progress: this.#subject.progress() });
    }, progressTime);
    void Promise.all([
      this.#loop(() => this.#predict()),
      this.#loop(() => this.#predict()),
      this.#loop(() => this.#write()),
      this.#loop(() => this.#read()),
    ]).then(() => {
      this.#areLoopsOver = true;
    });
  }

  /** Tells what is written from now on apart from what was before. */
  begin(epoch: number): void {
    this.#subject.begin(epoch);
  }

  /** Settles in any case: when all is done, or what is not has been given up. */
  async end(): Promise<Progress> {
    this.#isEnding = true;
    while (!this.#areLoopsOver && !this.#subject.isStuck) await pause();
    await this.#subject.dispose();
    clearInterval(this.#telling);
    return this.#subject.progress();
  }

  async #loop(round: () => Promise<unknown>): Promise<void> {
    while (!this.#isEnding) {
      await round();
      await pause();
    }
  }

  async #predict(): Promise<void> {
    const fresh = await this.#take(predictionsAtOnce / 2);
    const numbers = [...fresh, ...this.#again(predictionsAtOnce / 2)];
    await Promise.all(numbers.map((number) => this.#subject.predict(number)));
  }

  async #write(): Promise<void> {
    await this.#subject.write(await this.#take(rowsOfWrite));
  }

  async #read(): Promise<void> {
    await this.#subject.read(this.#again(rowsOfWrite));
    await this.#subject.usage();
  }

  /** Numbers that nobody has asked for yet. */
  async #take(count: number): Promise<number[]> {
    while (this.#left < count) {
      this.#granting ??= this.#outlet.grant().then((from) => {
        this.#from = from;
        this.#left = granted;
        this.#known = from + granted;
        this.#granting = undefined;
      });
      await this.#granting;
    }
    this.#left -= count;
    return Array.from({ length: count }, () => this.#from++);
  }

  /** Numbers that this tab or another one may have asked for; one half of them lately. */
  #again(count: number): number[] {
    return Array.from({ length: count }, (_, index) => {
      const span = index % 2 === 0 ? this.#known : Math.min(this.#known, lately);
      return this.#known - 1 - Math.floor(this.#random() * span);
    });
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseTime));
}
