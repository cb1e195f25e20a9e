import type { Page } from 'playwright';

/** How many entries a page's database holds, by the database itself. The page must have opened it before. */
export function rowsOnDisk(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const open = indexedDB.open('predcache.3');
    const database = await new Promise<IDBDatabase>((resolve) => {
      open.onsuccess = () => resolve(open.result);
    });
    const count = database.transaction('rows').objectStore('rows').count();
    await new Promise((resolve) => {
      count.onsuccess = resolve;
    });
    database.close();
    return count.result;
  });
}
