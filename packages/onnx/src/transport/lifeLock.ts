import { randomName } from '../randomName.js';

/**
 * Takes a Web Lock that this worker holds until it ends, in whatever way: the page queues behind it, since ending a
 * worker raises no event. Gives the lock's name; `undefined` where there are no Web Locks or they are refused.
 */
export async function takeLifeLock(): Promise<string | undefined> {
  // Lib types promise it always; insecure contexts and old browsers do not have it.
  const locks = navigator.locks as LockManager | undefined;
  if (locks === undefined) return undefined;
  const name = `predcache-worker-${randomName()}`;
  return new Promise((resolve) => {
    const held = locks.request(name, () => {
      resolve(name);
      return new Promise<never>(() => {});
    });
    held.catch(() => resolve(undefined));
  });
}
