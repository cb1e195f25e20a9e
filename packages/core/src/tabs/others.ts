import type { Presence } from './messages.js';

/** ms after which a tab that is there has said so, unless it is busy; it is counted as soon as it does. */
const longestReply = 200;

/**
 * Whether there are other tabs: they say so when they come, when one that comes asks, and when they go. One that dies
 * without a word counts as being there, which costs no more than some precautions.
 */
export class Others {
  readonly #tabs = new Set<string>();
  readonly #tell: (presence: Omit<Presence, 'tab'>) => void;
  #askedAt = Number.POSITIVE_INFINITY;

  constructor(tell: (presence: Omit<Presence, 'tab'>) => void) {
    this.#tell = tell;
  }

  /** As far as this tab knows. */
  get areNone(): boolean {
    return this.#tabs.size === 0 && performance.now() - this.#askedAt > longestReply;
  }

  /** This tab has come. */
  ask(): void {
    this.#askedAt = performance.now();
    this.#tell({ is: 'come' });
  }

  leave(): void {
    this.#tabs.clear();
    this.#askedAt = Number.POSITIVE_INFINITY;
    this.#tell({ is: 'gone' });
  }

  hear({ tab, is }: Presence): void {
    if (is === 'gone') this.#tabs.delete(tab);
    else this.#tabs.add(tab);
    if (is === 'come') this.#tell({ is: 'here' });
  }
}
