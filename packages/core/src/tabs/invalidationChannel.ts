import type { Selector } from '../tiers/selector.js';
import { Channel } from './channel.js';
import { readInvalidation, readPresence, writeInvalidation, writePresence } from './messages.js';
import { Others } from './others.js';
import type { Surroundings } from './surroundings.js';

/** By which tabs tell one another what they have invalidated, and that they are there. */
export class InvalidationChannel {
  readonly #channel: Channel;
  /** Tells this tab's own from the others'. */
  readonly #tab = Math.random().toString(36).slice(2);
  readonly #others = new Others(({ is }) => this.#channel.tell(writePresence({ tab: this.#tab, is })));
  #isOpen = false;
  #heardSince = Number.POSITIVE_INFINITY;
  #confirming: Promise<void> | undefined;

  /** @param onInvalidated hears what other tabs tell, not this one */
  constructor(name: string, surroundings: Surroundings, onInvalidated: (selector: Selector) => void) {
    this.#channel = new Channel({
      name,
      surroundings,
      isAwaited: () => true,
      onMessage: (message) => {
        const presence = readPresence(message);
        if (presence !== undefined && presence.tab !== this.#tab) this.#others.hear(presence);
        const invalidation = readInvalidation(message);
        if (invalidation !== undefined && invalidation.tab !== this.#tab)
          onInvalidated(invalidation.selector);
      },
    });
  }

  /** The moment, in ms since the epoch, from which on nothing that was told can have been missed; infinite until confirmed. */
  get heardSince(): number {
    return this.#heardSince;
  }

  /** Starts to hear. */
  open(): void {
    if (this.#isOpen || !this.#channel.open()) return;
    this.#isOpen = true;
    this.#others.ask();
  }

  /** Whether this seems to be the only tab. */
  get isAlone(): boolean {
    return this.#others.areNone;
  }

  /** Settles when it is known since when it hears, as far as that can be found out. */
  confirm(): Promise<void> {
    if (this.#heardSince !== Number.POSITIVE_INFINITY) return Promise.resolve();
    this.#confirming ??= this.#channel.delivered().then((isHearing) => {
      this.#confirming = undefined;
      if (isHearing) this.#heardSince = Date.now();
    });
    return this.#confirming;
  }

  /** Settles with true once all that any tab told before has been heard here. False where that cannot be known. */
  upToDate(): Promise<boolean> {
    return this.#channel.delivered();
  }

  tell(selector: Selector): void {
    this.#channel.tell(writeInvalidation({ tab: this.#tab, selector }));
  }

  close(): void {
    if (this.#isOpen) this.#others.leave();
    this.#isOpen = false;
    this.#channel.close();
    this.#heardSince = Number.POSITIVE_INFINITY;
  }
}
