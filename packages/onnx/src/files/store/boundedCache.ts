import { PredcacheError } from '@predcache/core';
import { withTimeout } from '../../session/withTimeout.js';

/** ms for one operation on one part: storage that does not answer must not hold up a load. */
const timeout = 10_000;

/** A cache of the origin's Cache Storage, no operation of which takes for ever. */
export class BoundedCache {
  readonly #cache: Cache;

  private constructor(cache: Cache) {
    this.#cache = cache;
  }

  /** `undefined` where there is no Cache Storage: insecure pages, Node, frames without storage. */
  static async open(name: string): Promise<BoundedCache | undefined> {
    try {
      const storage = cacheStorage();
      return storage && new BoundedCache(await bounded(storage.open(name)));
    } catch {
      return undefined;
    }
  }

  /** As `open`, but makes none. */
  static async openExisting(name: string): Promise<BoundedCache | undefined> {
    try {
      const storage = cacheStorage();
      if (storage === undefined || !(await bounded(storage.has(name)))) return undefined;
      return await BoundedCache.open(name);
    } catch {
      return undefined;
    }
  }

  static async delete(name: string): Promise<void> {
    const storage = cacheStorage();
    if (storage !== undefined) await bounded(storage.delete(name));
  }

  async match(url: string): Promise<Response | undefined> {
    return bounded(this.#cache.match(url));
  }

  async put(url: string, response: Response): Promise<void> {
    return bounded(this.#cache.put(url, response));
  }

  async delete(url: string): Promise<boolean> {
    return bounded(this.#cache.delete(url));
  }

  async urls(): Promise<string[]> {
    return (await bounded(this.#cache.keys())).map(({ url }) => url);
  }
}

/** Lib types promise it always. Frames without storage throw when it is touched. */
function cacheStorage(): CacheStorage | undefined {
  return globalThis.caches as CacheStorage | undefined;
}

export function bounded<T>(operation: Promise<T>): Promise<T> {
  return withTimeout(
    operation,
    timeout,
    () =>
      new PredcacheError({
        code: 'STORAGE_TIMEOUT',
        what: `An operation on stored model files did not end within ${timeout} ms`,
        where: 'Cache Storage',
        hint: 'Nothing need be done unless it repeats: the model is downloaded instead',
        details: { timeout },
      }),
  );
}
