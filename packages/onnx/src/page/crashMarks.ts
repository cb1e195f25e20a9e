import { randomName } from '../randomName.js';
import type { ModelReference } from '../session/modelReference.js';

/** ms for which a crash is remembered. */
export const crashMemory = 24 * 60 * 60 * 1_000;
/** Crashes within that time after which a model is left alone. */
export const tooManyCrashes = 2;

const prefix = 'predcache-loading';

/** A load that is under way. One of the two is called at its end. */
export interface LoadMark {
  /** It ended in whatever way, other than by a crash. */
  end(): void;
  /** The worker died while it was loading. */
  crashed(): void;
}

/**
 * Remembers which models the worker or the whole page was loading when it died, so that the next page need not die of them
 * again. A row in localStorage stands for each load, and a Web Lock is held as long: a row without its lock is what a
 * crash has left. While the page is hidden there is no row, for browsers end hidden pages as they like.
 *
 * Without Web Locks only workers that died are remembered, and nothing where storage is refused.
 */
export class CrashMarks {
  readonly #open = new Set<OpenMark>();

  /** Call when a load begins. */
  begin(model: ModelReference): LoadMark {
    const mark = new OpenMark(nameOf(model));
    if (this.#open.size === 0) this.#watchPage();
    this.#open.add(mark);
    if (!isHidden()) mark.set();
    const over = () => {
      this.#open.delete(mark);
      if (this.#open.size === 0) this.#stopWatching?.();
    };
    return {
      end: () => {
        mark.unset();
        over();
      },
      crashed: () => {
        mark.leave();
        over();
      },
    };
  }

  /** Whether loading this model is known to bring down workers or pages. At once where nothing is remembered of it. */
  isCrashing(model: ModelReference): boolean | Promise<boolean> {
    const rows = rowsOf(nameOf(model));
    if (rows.length < tooManyCrashes) return false;
    return heldLocks().then((held) => rows.filter(({ lock }) => !held.has(lock)).length >= tooManyCrashes);
  }

  /** Call when the model has been loaded: what crashed before was not its fault. */
  forget(model: ModelReference): void {
    const own = new Set([...this.#open].map(({ row }) => row));
    for (const { row } of rowsOf(nameOf(model))) if (!own.has(row)) storage()?.removeItem(row);
  }

  #stopWatching: (() => void) | undefined;

  #watchPage(): void {
    const setAll = () => {
      for (const mark of this.#open) if (!isHidden()) mark.set();
    };
    const unsetAll = () => {
      for (const mark of this.#open) mark.unset();
    };
    const onVisibility = () => (isHidden() ? unsetAll() : setAll());
    globalThis.document?.addEventListener('visibilitychange', onVisibility);
    // Leaving the page amid a load, by a link or by closing it, is no crash.
    globalThis.addEventListener?.('pagehide', unsetAll);
    globalThis.addEventListener?.('pageshow', setAll);
    this.#stopWatching = () => {
      globalThis.document?.removeEventListener('visibilitychange', onVisibility);
      globalThis.removeEventListener?.('pagehide', unsetAll);
      globalThis.removeEventListener?.('pageshow', setAll);
      this.#stopWatching = undefined;
    };
  }
}

/** The row of one load, present while its lock is held. */
class OpenMark {
  readonly row: string;
  readonly #lock = `${prefix}-${randomName()}`;
  #isWanted = false;
  #release: (() => void) | undefined;

  constructor(model: string) {
    this.row = rowName(model, this.#lock);
  }

  set(): void {
    if (this.#isWanted || !('locks' in globalThis.navigator)) return;
    this.#isWanted = true;
    navigator.locks
      .request(this.#lock, () => {
        if (!this.#isWanted) return;
        write(this.row);
        return new Promise<void>((resolve) => {
          this.#release = resolve;
        });
      })
      // Refused: then a page that dies leaves nothing.
      .catch(() => {});
  }

  unset(): void {
    remove(this.row);
    this.#let();
  }

  leave(): void {
    write(this.row);
    this.#let();
  }

  #let(): void {
    this.#isWanted = false;
    this.#release?.();
    this.#release = undefined;
  }
}

/** Without the query of its URL, which may differ from page to page and be secret. */
function nameOf({ name, version, url, integrity = '' }: ModelReference): string {
  return JSON.stringify([name, version, url.replace(/[?#].*$/s, ''), integrity]);
}

function rowName(model: string, lock: string): string {
  return `${prefix} ${model} ${lock}`;
}

function rowsOf(model: string): { readonly row: string; readonly lock: string }[] {
  const rows: { row: string; lock: string }[] = [];
  try {
    const kept = storage();
    for (const row of Object.keys(kept ?? {})) {
      if (!row.startsWith(`${prefix} `)) continue;
      const isOver = !(Date.now() - Number(kept?.getItem(row)) < crashMemory);
      if (isOver) kept?.removeItem(row);
      else if (row.startsWith(`${prefix} ${model} `))
        rows.push({ row, lock: row.slice(row.lastIndexOf(' ') + 1) });
    }
  } catch {
    // Refused.
  }
  return rows;
}

async function heldLocks(): Promise<Set<string | undefined>> {
  try {
    const { held = [] } = await navigator.locks.query();
    return new Set(held.map(({ name }) => name));
  } catch {
    // No locks: each row is of a worker that died.
    return new Set();
  }
}

function isHidden(): boolean {
  return globalThis.document?.visibilityState === 'hidden';
}

function write(row: string): void {
  try {
    storage()?.setItem(row, String(Date.now()));
  } catch {
    // Full or refused: go on without.
  }
}

function remove(row: string): void {
  try {
    storage()?.removeItem(row);
  } catch {
    // Refused: there is nothing to be removed.
  }
}

/** Absent on servers; reading it may throw where the user has forbidden it. */
function storage(): Storage | undefined {
  try {
    return globalThis.localStorage as Storage | undefined;
  } catch {
    return undefined;
  }
}
