import type { OnBytes } from '../addedProgress.js';

const channelName = 'predcache-model-downloads';
/** ms between two messages. */
const interval = 200;

interface News {
  readonly file: string;
  readonly loaded: number;
  readonly total: number | undefined;
}

/** Tells other tabs how far a download has come; those that wait for it see that it goes on. */
export class DownloadNews {
  readonly #file: string;
  readonly #channel: BroadcastChannel | undefined = openChannel();
  #last = Number.NEGATIVE_INFINITY;

  constructor(file: string) {
    this.#file = file;
  }

  tell(loaded: number, total: number | undefined): void {
    const now = performance.now();
    if (now - this.#last < interval) return;
    this.#last = now;
    this.#channel?.postMessage({ file: this.#file, loaded, total } satisfies News);
  }

  close(): void {
    this.#channel?.close();
  }
}

/** @returns a function that ends it. */
export function listenToDownload(file: string, onBytes: OnBytes): () => void {
  const channel = openChannel();
  channel?.addEventListener('message', ({ data }: MessageEvent<News>) => {
    if (data.file === file) onBytes(data.loaded, data.total);
  });
  return () => channel?.close();
}

function openChannel(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(channelName);
  } catch {
    return undefined;
  }
}
