import type { Deadline } from './deadline.js';
import { ignore } from './ignore.js';
import type { Database } from './schema.js';
import { writing } from './transact.js';

/**
 * Whether the database is the one that was there before: `same` as this tab has seen already, `new` to this tab, or
 * `emptied` since. Nothing is known before a first visit, nor in a new worker, which cannot ask `localStorage`.
 */
export type Verdict = 'same' | 'new' | 'emptied';

/**
 * Tells a database that was silently emptied from one that is new. Browsers do so with damaged files, without an error:
 * a random name is kept in the database, and outside of it where there is another place.
 */
export class Canary {
  readonly #name: string;
  /** The name that this tab knows. */
  #known: string | undefined;

  /** @param name of the database */
  constructor(name: string) {
    this.#name = `predcache canary ${name}`;
  }

  /** The name as it was known before; to be asked for before the database is read, for another tab may be naming it. */
  remembered(): string | undefined {
    if (this.#known !== undefined) return this.#known;
    try {
      return globalThis.localStorage?.getItem(this.#name) ?? undefined;
    } catch {
      // Not allowed in every frame.
      return undefined;
    }
  }

  /** Compares the name found in the database with the one remembered; gives a new database a name. */
  async check(
    found: string | undefined,
    remembered: string | undefined,
    database: Database,
    deadline: Deadline,
  ): Promise<Verdict> {
    const isKnown = found !== undefined && this.#known === found;
    const name = found ?? (await this.#settle(database, deadline));
    this.#remember(name);
    if (isKnown) return 'same';
    return remembered === undefined || remembered === name ? 'new' : 'emptied';
  }

  /** Another tab may have been quicker. */
  #settle(database: Database, deadline: Deadline): Promise<string> {
    return writing({ database, deadline, stores: ['state'] }, async (transaction) => {
      const state = transaction.objectStore('state');
      const there = await state.get('canary');
      if (typeof there === 'string') return there;
      const name = randomName();
      state.put(name, 'canary').catch(ignore);
      return name;
    });
  }

  #remember(name: string): void {
    if (this.#known === name) return;
    this.#known = name;
    try {
      globalThis.localStorage?.setItem(this.#name, name);
    } catch {
      // Full, or not allowed: then only this tab's own time is covered.
    }
  }
}

/** Not `randomUUID`, which needs a secure context. */
function randomName(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
