import type { OnBytes } from '../addedProgress.js';
import { listenToDownload } from './downloadNews.js';

/** ms without news from another tab that downloads the file. More than a download may stand still. */
const defaultPatience = 45_000;

export interface FileLockOptions {
  readonly signal: AbortSignal;
  /** Called with what another tab has of the file while it is waited for. */
  readonly onBytes: OnBytes;
  /** @default 45_000 */
  readonly patience?: number | undefined;
}

/**
 * Runs a task while no other tab or worker of this origin does it for the same file. Where another does and gives no
 * sign of life, the task runs beside it.
 *
 * @param task is told whether nobody else can be at it. Where there are no Web Locks, nobody is taken to be.
 */
export async function oneAtATime<T>(
  file: string,
  { signal, onBytes, patience = defaultPatience }: FileLockOptions,
  task: (isAlone: boolean) => Promise<T>,
): Promise<T> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined;
  if (locks === undefined) return task(true);
  signal.throwIfAborted();
  const waiting = new AbortController();
  const giveUp = () => waiting.abort();
  let timer = setTimeout(giveUp, patience);
  const stopListening = listenToDownload(file, (loaded, total) => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, patience);
    onBytes(loaded, total);
  });
  signal.addEventListener('abort', giveUp);
  const stopWaiting = () => {
    clearTimeout(timer);
    stopListening();
    signal.removeEventListener('abort', giveUp);
  };
  let hasBegun = false;
  try {
    return await locks.request(`predcache-model-file ${file}`, { signal: waiting.signal }, () => {
      hasBegun = true;
      stopWaiting();
      return task(true);
    });
  } catch (error) {
    if (hasBegun) throw error;
    signal.throwIfAborted();
  } finally {
    stopWaiting();
  }
  return task(false);
}
