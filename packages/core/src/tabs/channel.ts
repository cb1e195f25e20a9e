import { atMost } from './atMost.js';
import { readMark, writeMark } from './messages.js';
import { type Surroundings, tryToOpen, tryToPost, type Wire } from './surroundings.js';

export interface ChannelOptions {
  readonly name: string;
  readonly surroundings: Surroundings;
  /** Hears what all tabs tell, this one too. */
  readonly onMessage: (message: unknown) => void;
  /** Whether anybody listens. A message may be large: where nobody does, it is not even unpacked. */
  readonly isAwaited: () => boolean;
}

/** ms to wait for a mark to come back, which takes 0.2 ms in Chromium. */
const longestRoundTrip = 1_000;

/**
 * By which tabs tell one another something. It has two wires, one to speak and one to hear, because a wire does not hear
 * itself, and what this tab hears of its own tells how far its words have got, and which of the others' came before them.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #marks = new Map<string, (isHeard: boolean) => void>();
  #hearing: Wire | undefined;
  #speaking: Wire | undefined;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** Starts to hear. False where it cannot be. */
  open(): boolean {
    if (this.#hearing !== undefined) return true;
    this.#hearing = this.#openWire();
    if (this.#hearing === undefined) return false;
    this.#hearing.onmessage = (event) => this.#hear(event);
    return true;
  }

  /** Also while it is closed: a page that is being left may have something to tell. What cannot be cloned is not told. */
  tell(message: unknown): void {
    const wire = this.#speakingWire();
    if (wire === undefined) return;
    tryToPost(wire, message);
    if (this.#hearing === undefined) this.#hush();
  }

  /**
   * Settles with true once all that this tab has told is on its way to the others, ahead of anything that follows from
   * this, and all that was told before by any tab, since this is open, has been heard here. False where that cannot be known.
   */
  delivered(): Promise<boolean> {
    const wire = this.#hearing && this.#speakingWire();
    if (wire === undefined) return Promise.resolve(false);
    const mark = Math.random().toString(36).slice(2);
    let isDelivered = false;
    const settled = new Promise<void>((resolve) => {
      this.#marks.set(mark, (isHeard) => {
        isDelivered = isHeard;
        resolve();
      });
      if (!tryToPost(wire, writeMark(mark))) resolve();
    });
    return atMost(longestRoundTrip, settled).then(() => {
      this.#marks.delete(mark);
      return isDelivered;
    });
  }

  close(): void {
    this.#hearing?.close();
    this.#hearing = undefined;
    this.#hush();
    for (const settle of this.#marks.values()) settle(false);
  }

  #openWire(): Wire | undefined {
    return tryToOpen(this.#options.surroundings, this.#options.name);
  }

  #speakingWire(): Wire | undefined {
    this.#speaking ??= this.#openWire();
    return this.#speaking;
  }

  #hush(): void {
    this.#speaking?.close();
    this.#speaking = undefined;
  }

  #hear(event: MessageEvent): void {
    if (this.#marks.size === 0 && !this.#options.isAwaited()) return;
    // Unpacked as it is read.
    const { data } = event;
    const mark = readMark(data);
    if (mark === undefined) this.#options.onMessage(data);
    else this.#marks.get(mark)?.(true);
  }
}
