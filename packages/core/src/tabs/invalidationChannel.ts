import type { Selector } from '../tiers/selector.js';
import { readInvalidation, writeInvalidation } from './messages.js';
import { type Surroundings, tryToOpen, tryToPost, type Wire } from './surroundings.js';

/** By which tabs tell one another what they have invalidated. */
export class InvalidationChannel {
  readonly #name: string;
  readonly #surroundings: Surroundings;
  readonly #onInvalidated: (selector: Selector) => void;
  #wire: Wire | undefined;

  /** @param onInvalidated hears what other tabs tell, not this one */
  constructor(name: string, surroundings: Surroundings, onInvalidated: (selector: Selector) => void) {
    this.#name = name;
    this.#surroundings = surroundings;
    this.#onInvalidated = onInvalidated;
  }

  /** Starts to hear. */
  open(): void {
    if (this.#wire !== undefined) return;
    this.#wire = tryToOpen(this.#surroundings, this.#name);
    if (this.#wire === undefined) return;
    this.#wire.onmessage = ({ data }) => {
      const selector = readInvalidation(data);
      if (selector !== undefined) this.#onInvalidated(selector);
    };
  }

  /** Also while it is closed: a page that is being left may still invalidate. */
  tell(selector: Selector): void {
    const wire = this.#wire ?? tryToOpen(this.#surroundings, this.#name);
    if (wire === undefined) return;
    tryToPost(wire, writeInvalidation(selector));
    if (wire !== this.#wire) wire.close();
  }

  close(): void {
    this.#wire?.close();
    this.#wire = undefined;
  }
}
