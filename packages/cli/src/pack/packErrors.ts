import { describeError, PredcacheError } from '@predcache/core';

/** A file could not be `done`: opened, read, written. */
export function fileError(done: string, path: string, cause: unknown): PredcacheError {
  return new PredcacheError({
    code: 'STORAGE_FAILED',
    what: `The file could not be ${done}: ${describeError(cause)}`,
    where: path,
    hint: 'Check that its folder exists, may be written to and has space left',
    cause,
  });
}

export function foreignPartial(path: string): PredcacheError {
  return refused(
    path,
    'The file stands where an interrupted run would have left its own, and is none of ours',
  );
}

export function partialOfOtherVersion(path: string): PredcacheError {
  return refused(path, 'An interrupted run has left it in the format of another version of Predcache');
}

export function partialOfOtherModel(path: string): PredcacheError {
  return refused(
    path,
    'An interrupted run has left it with predictions of another model (another name, version or file)',
  );
}

/** What stands in the file is not what was written. */
export function overwritten(path: string): PredcacheError {
  return new PredcacheError({
    code: 'STORAGE_CORRUPT',
    what: 'The file has changed while it was in use',
    where: path,
    hint: 'See that no two runs write to the same --out at a time, then run again: what is intact is used',
  });
}

function refused(path: string, what: string): PredcacheError {
  return new PredcacheError({
    code: 'STORAGE_FAILED',
    what,
    where: path,
    hint: 'Move it away, choose another --out, or pass --restart to overwrite it',
  });
}
