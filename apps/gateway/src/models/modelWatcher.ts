import { stat } from 'node:fs/promises';
import { FolderWatcher } from './folderWatcher.js';
import { type ModelFile, readModelFile } from './modelFile.js';
import type { ModelRepository } from './modelRepository.js';
import { listModels, type ModelPath } from './modelsFolder.js';

/** ms of quiet after a change: files are written in pieces, and folders file by file. */
const quiet = 100;

/** ms after which the folder is looked at in any case: some file systems do not tell of changes. */
const lookAgain = 10_000;

export interface ModelWatcherOptions {
  readonly folder: string;
  readonly models: ModelRepository;
  readonly onLoaded: (file: ModelFile) => void;
  /** A file that could not be taken over: what was served before goes on being served. */
  readonly onKept: (path: string, error: unknown) => void;
}

/** Takes over what changes in the models folder. */
export class ModelWatcher {
  readonly #options: ModelWatcherOptions;
  readonly #watcher: FolderWatcher;
  readonly #interval: NodeJS.Timeout;
  /** What each file was like when it was last looked at, whether it could be taken over or not. */
  readonly #seen = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param seen what `fingerprints` gave before the models were read */
  constructor(options: ModelWatcherOptions, seen: ReadonlyMap<string, string>) {
    this.#options = options;
    this.#seen = new Map(seen);
    this.#watcher = new FolderWatcher(options.folder, () => this.#lookSoon());
    void this.look();
    this.#interval = setInterval(() => void this.look(), lookAgain).unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watcher.close();
    clearInterval(this.#interval);
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** Looks at the folder now; settles once what has changed is taken over. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => (this.#isClosed ? undefined : this.#look()));
    return this.#looking;
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.look(), quiet).unref();
  }

  async #look(): Promise<void> {
    const { folder, models, onKept } = this.#options;
    // Before the look: what comes into a new folder after it is heard of then.
    await this.#watcher.refresh();
    let paths: readonly ModelPath[];
    try {
      paths = await listModels(folder);
    } catch (error) {
      onKept(folder, error);
      return;
    }
    for (const path of paths) await this.#lookAt(path);
    const there = new Set(paths.map(({ path }) => path));
    for (const path of models.files.keys()) {
      if (there.has(path)) continue;
      models.remove(path);
      this.#seen.delete(path);
    }
  }

  async #lookAt(path: ModelPath): Promise<void> {
    const { models, onLoaded, onKept } = this.#options;
    try {
      const now = await fingerprint(path);
      if (this.#seen.get(path.path) === now || this.#isClosed) return;
      this.#seen.set(path.path, now);
      const file = await readModelFile(path);
      const served = models.files.get(path.path)?.description;
      if (served?.integrity === file.integrity && served.version === file.version) return;
      await models.put(file);
      onLoaded(file);
    } catch (error) {
      onKept(path.path, error);
    }
  }
}

/** What each model's file is like now. */
export async function fingerprints(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const path of await listModels(folder)) found.set(path.path, await fingerprint(path));
  return found;
}

/** Changes when the file, or the one that says its version, does. */
async function fingerprint({ path, version }: ModelPath): Promise<string> {
  const files = version === undefined ? [path, path.replace(/\.onnx$/, '.json')] : [path];
  const parts = await Promise.all(
    files.map((file) =>
      stat(file, { bigint: true }).then(
        ({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`,
        () => '-',
      ),
    ),
  );
  return parts.join(', ');
}
