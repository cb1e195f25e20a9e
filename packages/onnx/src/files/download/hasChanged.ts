import type { ModelFile } from '../modelFile.js';
import { isOwnOrigin } from './requestFile.js';
import { StallGuard } from './stallGuard.js';
import { ifChanged, isSameEdition, type Validators, validatorsOf } from './validators.js';

export interface RevalidateOptions {
  readonly signal: AbortSignal;
  /** @default 5_000 */
  readonly revalidateTimeout?: number | undefined;
}

/**
 * Asks the server whether a file is another one by now. One that cannot be asked, does not answer in time or answers
 * with an error has not changed: offline, what is stored goes on working. One of which the server said nothing to tell
 * it by counts as changed. Rejects with the signal's reason only.
 */
export async function hasChanged(
  file: ModelFile,
  known: Validators,
  { signal, revalidateTimeout = 5_000 }: RevalidateOptions,
): Promise<boolean> {
  if (known.etag === undefined && known.lastModified === undefined) return true;
  const guard = new StallGuard(revalidateTimeout, signal);
  try {
    const response = await fetch(file.url, {
      signal: guard.signal,
      credentials: 'same-origin',
      // The browser's own cache asks the server too, and other origins need not allow headers for it.
      cache: 'no-cache',
      headers: isOwnOrigin(file.url) ? ifChanged(known) : {},
    });
    if (response.status === 304 || !response.ok) return false;
    // A web page in a model's place is one more error.
    if (response.headers.get('content-type')?.startsWith('text/html')) return false;
    return !isSameEdition(known, validatorsOf(response.headers));
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    guard.stop();
  }
}
