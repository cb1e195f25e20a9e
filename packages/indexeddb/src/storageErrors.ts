import { isPredcacheError, PredcacheError, type TierEvent } from '@predcache/core';

/** The words of `TierEvent` for what a tier was doing. */
export type Operation = Extract<TierEvent, { type: 'tier-error' }>['operation'];

/** Says what went wrong, and says it to the tier's listeners. */
export type ReportError = (operation: Operation, error: PredcacheError) => void;

export function where(operation: Operation, database: string): string {
  return `IndexedDB database "${database}", ${operation}`;
}

export function timeoutError(operation: Operation, database: string, timeout: number): PredcacheError {
  return new PredcacheError({
    code: 'STORAGE_TIMEOUT',
    what: `Nothing came back within ${timeout} ms`,
    where: where(operation, database),
    hint: 'The tier goes on without it; if devices are merely slow, raise the timeout option',
    details: { timeout },
  });
}

/** There is no IndexedDB here, or it may not be used, or it could not be opened. */
export function unavailableError(database: string, what: string, cause?: unknown): PredcacheError {
  return new PredcacheError({
    code: 'STORAGE_UNAVAILABLE',
    what,
    where: where('open', database),
    hint: 'Predictions go on without being kept on disk',
    cause,
  });
}

/** The database there is was not made by this tier. */
export function foreignError(database: string): PredcacheError {
  return new PredcacheError({
    code: 'STORAGE_UNAVAILABLE',
    what: 'A database of this name exists, and it is not one of ours',
    where: where('open', database),
    hint: 'Set the name option to another name',
  });
}

export function failedError(
  operation: Operation,
  database: string,
  what: string,
  cause?: unknown,
  details: Readonly<Record<string, unknown>> = {},
): PredcacheError {
  return new PredcacheError({
    code: 'STORAGE_FAILED',
    what,
    where: where(operation, database),
    hint: hintFor(cause),
    details,
    cause,
  });
}

/** The function that was to choose what is deleted has thrown. */
export function whereError(database: string, cause: unknown): PredcacheError {
  return new PredcacheError({
    code: 'STORAGE_FAILED',
    what: `The where of a deletion has thrown: ${describe(cause)}`,
    where: where('delete', database),
    hint: 'What it throws on is deleted; let it return true or false for every entry',
    cause,
  });
}

export function corruptError(database: string, key: string): PredcacheError {
  return new PredcacheError({
    code: 'STORAGE_CORRUPT',
    what: 'A stored row is damaged, or not one of ours',
    where: where('get', database),
    hint: 'It counts as a miss and is removed; if it happens often, see whether something else writes to this database',
    details: { key },
  });
}

/** One of our errors for whatever an operation failed with. */
export function storageError(operation: Operation, database: string, cause: unknown): PredcacheError {
  if (isPredcacheError(cause)) return cause;
  return failedError(operation, database, describe(cause), cause);
}

/** The error's name and message: browsers leave the message of some, `QuotaExceededError` for one, empty. */
export function describe(cause: unknown): string {
  const name = nameOf(cause);
  const message = cause instanceof Error ? cause.message.replace(/\.$/, '') : '';
  return [name, message].filter((part) => part !== '').join(': ') || String(cause);
}

/** `DOMException.name`, by which IndexedDB's errors are told apart. */
export function nameOf(cause: unknown): string {
  const name = (cause as { readonly name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : '';
}

/** Whether the site may not store any more: its quota is used up. */
export function isOutOfSpace(cause: unknown): boolean {
  return nameOf(cause) === 'QuotaExceededError';
}

/** For what can wait until there is space. */
export function ignoreOutOfSpace(cause: unknown): void {
  if (!isOutOfSpace(cause)) throw cause;
}

/**
 * Whether the handle is of no more use after this error. `InvalidStateError`: it is closed, or, in Firefox, had a
 * quota error. `UnknownError`: the disk is full, or the connection to the server was lost
 * (https://bugs.webkit.org/show_bug.cgi?id=197050).
 */
export function isConnectionLost(cause: unknown): boolean {
  if (isPredcacheError(cause)) return cause.code === 'STORAGE_TIMEOUT';
  return ['InvalidStateError', 'UnknownError'].includes(nameOf(cause));
}

function hintFor(cause: unknown): string {
  switch (nameOf(cause)) {
    case 'QuotaExceededError':
      return 'The site has used up its storage: lower maxSize, or free space kept elsewhere';
    case 'VersionError':
      return 'A newer version of the app has upgraded the database: reload the page';
    case 'DataCloneError':
      return 'Outputs have to be tensors or plain JSON values';
    default:
      return 'The tier answers with misses where it must and tries again later';
  }
}
