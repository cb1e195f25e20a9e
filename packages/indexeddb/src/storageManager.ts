/** What the browser says of the storage that all of the origin's sites share, in bytes. */
export interface StorageEstimate {
  /** What the origin takes, beside our rows all else that it stores. */
  readonly usage: number;
  /** What it may take. The browser reckons it from the disk, and a write may fail long before. */
  readonly quota: number;
  /** Whether the browser removes it only when the user says so. */
  readonly isPersisted: boolean;
}

/**
 * Asks the browser not to clear this origin's storage when disk space runs low. Browsers decide by how much the site is
 * used, or ask the user: call it after a gesture of the user's, not while the page loads.
 *
 * @returns whether the storage is persistent; `false` where there is no way to ask.
 *
 * @example
 * saveButton.onclick = async () => console.log('kept for good:', await requestPersistence());
 */
export async function requestPersistence(): Promise<boolean> {
  try {
    return (await navigator.storage.persist()) === true;
  } catch {
    return false;
  }
}

/** `undefined` where the browser does not say. */
export async function estimateStorage(): Promise<StorageEstimate | undefined> {
  try {
    const [{ usage = 0, quota = 0 }, isPersisted] = await Promise.all([
      navigator.storage.estimate(),
      navigator.storage.persisted(),
    ]);
    return { usage, quota, isPersisted };
  } catch {
    // No such thing in WebKitGTK, in insecure contexts and on servers.
    return undefined;
  }
}
