/**
 * The browser's storage without the library: what is refused or lost here, the library cannot have stored or kept. All
 * databases of a site share their files.
 */

/** What came of storing something: `stored`, `no answer`, or the name of the browser's error. */
export type BareOutcome = string;

/** ms that the browser has. With a full disk it may give no answer for a minute. */
const patience = 3_000;

/** Tries to store a row of 100 kB. */
export function storeMuch(): Promise<BareOutcome> {
  return inTime(put('much', new Uint8Array(100_000)));
}

/** Stores a small row by which `isMarked` knows, some time later, whether the browser has emptied the storage. */
export function mark(name: string): Promise<BareOutcome> {
  return inTime(put(name, 'mark'));
}

/** Whether that row is there. Where the database cannot even be opened, it is not. */
export async function isMarked(name: string): Promise<boolean> {
  try {
    const database = await open();
    const value = await settled(database.transaction('rows').objectStore('rows').get(name));
    database.close();
    return value === 'mark';
  } catch {
    return false;
  }
}

async function put(key: string, value: unknown): Promise<BareOutcome> {
  try {
    const database = await open();
    const transaction = database.transaction('rows', 'readwrite');
    transaction.objectStore('rows').put(value, key);
    const outcome = await new Promise<string>((resolve) => {
      transaction.oncomplete = () => resolve('stored');
      transaction.onabort = () => resolve(transaction.error?.name ?? 'aborted');
    });
    database.close();
    return outcome;
  } catch (error) {
    return (error as DOMException).name;
  }
}

function inTime(outcome: Promise<BareOutcome>): Promise<BareOutcome> {
  return Promise.race([
    outcome,
    new Promise<BareOutcome>((resolve) => setTimeout(() => resolve('no answer'), patience)),
  ]);
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('bare', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('rows');
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
