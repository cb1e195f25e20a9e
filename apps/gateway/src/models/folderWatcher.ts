import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** How deep models lie: `NAME/VERSION/model.onnx`. */
const depth = 2;

/**
 * Tells of changes in a folder and in those below it. Not `recursive`: on Linux, Node 20 then watches each file, and no
 * longer hears of one once another has been renamed to take its place, which is how files are best replaced.
 */
export class FolderWatcher {
  readonly #folder: string;
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #isClosed = false;

  constructor(folder: string, onChange: () => void) {
    this.#folder = folder;
    this.#onChange = onChange;
    this.#watch(folder);
  }

  /** Watches the folders that have come, and no longer those that are gone. */
  async refresh(): Promise<void> {
    const there = new Set(await foldersOf(this.#folder, depth));
    if (this.#isClosed) return;
    for (const folder of there) this.#watch(folder);
    for (const folder of [...this.#watchers.keys()]) if (!there.has(folder)) this.#leave(folder);
  }

  close(): void {
    this.#isClosed = true;
    for (const folder of [...this.#watchers.keys()]) this.#leave(folder);
  }

  /** What cannot be watched, because there are too many watches or it is gone, is looked at from time to time. */
  #watch(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, this.#onChange);
      watcher.on('error', () => this.#leave(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      return;
    }
  }

  #leave(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}

/** A folder and those below it, so many levels deep. */
async function foldersOf(folder: string, levels: number): Promise<readonly string[]> {
  if (levels === 0) return [folder];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => foldersOf(path.join(folder, name), levels - 1));
  return [folder, ...(await Promise.all(below)).flat()];
}
