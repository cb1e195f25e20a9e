import { atMost } from './atMost.js';
import { type Answer, readAnswer, readMark, writeAnswer, writeMark } from './messages.js';
import { type Surroundings, tryToOpen, tryToPost, type Wire } from './surroundings.js';

export interface AnswerChannelOptions {
  readonly name: string;
  readonly surroundings: Surroundings;
  /** Hears the answers of all tabs, this one too. */
  readonly onAnswer: (answer: Answer) => void;
  /** Whether anybody listens. An answer may be large: where nobody does, it is not even unpacked. */
  readonly isAwaited: () => boolean;
}

/** ms to wait for a mark to come back, which takes 0.2 ms in Chromium. */
const longestRoundTrip = 500;

/**
 * By which tabs tell one another what they have computed. It has two wires, one to speak and one to hear, because a wire
 * does not hear itself, and what this tab hears of its own tells how far its words have got.
 */
export class AnswerChannel {
  readonly #options: AnswerChannelOptions;
  readonly #marks = new Map<string, () => void>();
  #wires: { readonly speaking: Wire; readonly hearing: Wire } | undefined;
  #opened = Promise.resolve();

  constructor(options: AnswerChannelOptions) {
    this.#options = options;
  }

  /** False where it cannot be. */
  open(): boolean {
    if (this.#wires !== undefined) return true;
    const { name, surroundings } = this.#options;
    const hearing = tryToOpen(surroundings, name);
    const speaking = tryToOpen(surroundings, name);
    if (hearing === undefined || speaking === undefined) {
      hearing?.close();
      speaking?.close();
      return false;
    }
    hearing.onmessage = (event) => this.#hear(event);
    this.#wires = { speaking, hearing };
    this.#opened = this.delivered();
    return true;
  }

  /** Settles once no answer of another tab can be missed any more. */
  get opened(): Promise<void> {
    return this.#opened;
  }

  tell(answer: Answer): void {
    // What cannot be cloned, the others compute themselves.
    if (this.#wires !== undefined) tryToPost(this.#wires.speaking, writeAnswer(answer));
  }

  /** Settles once all that was told until now is on its way to the other tabs, ahead of anything that follows from this. */
  delivered(): Promise<void> {
    const wires = this.#wires;
    if (wires === undefined) return Promise.resolve();
    const mark = Math.random().toString(36).slice(2);
    const heard = new Promise<void>((resolve) => {
      this.#marks.set(mark, resolve);
      if (!tryToPost(wires.speaking, writeMark(mark))) resolve();
    });
    return atMost(longestRoundTrip, heard).then(() => void this.#marks.delete(mark));
  }

  close(): void {
    this.#wires?.speaking.close();
    this.#wires?.hearing.close();
    this.#wires = undefined;
    for (const settle of this.#marks.values()) settle();
  }

  #hear(event: MessageEvent): void {
    const { isAwaited, onAnswer } = this.#options;
    if (this.#marks.size === 0 && !isAwaited()) return;
    // Unpacked as it is read.
    const { data } = event;
    const mark = readMark(data);
    if (mark !== undefined) this.#marks.get(mark)?.();
    const answer = readAnswer(data);
    if (answer !== undefined) onAnswer(answer);
  }
}
