import { vi } from 'vitest';
import { databaseName } from '../../src/schema.js';

/** Opens a connection of our own, as another tab would. */
export function openRaw(name: string, version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName(name), version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export function deleteRaw(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(databaseName(name));
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

/** Keeps a write transaction of another connection going until the function it gives is called. */
export async function holdWriteLock(name: string): Promise<() => Promise<void>> {
  const database = await openRaw(name);
  database.onversionchange = () => database.close();
  const transaction = database.transaction(['rows', 'journal', 'state'], 'readwrite');
  const ended = new Promise<void>((resolve) => {
    transaction.oncomplete = () => resolve();
  });
  let isHeld = true;
  await new Promise<void>((resolve) => {
    const again = () => {
      resolve();
      if (isHeld) transaction.objectStore('state').get('nothing').onsuccess = again;
    };
    again();
  });
  return async () => {
    isHeld = false;
    await ended;
    database.close();
  };
}

/** The handle that the next transaction is made on: the tier keeps it to itself. */
export function nextHandle(): Promise<IDBDatabase> {
  return new Promise((resolve) => {
    const { transaction } = IDBDatabase.prototype;
    const spy = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
      this: IDBDatabase,
      ...parameters
    ) {
      spy.mockRestore();
      resolve(this);
      return transaction.apply(this, parameters);
    });
  });
}
