import { type ErrorCode, isPredcacheError, PredcacheError } from '@predcache/core';

/** An error as plain data: structured cloning and Comlink lose class, code, details or cause. */
export interface EncodedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: EncodedError | undefined;
  /** Present for a `PredcacheError`. */
  readonly predcache?: {
    readonly code: ErrorCode;
    readonly what: string;
    readonly where: string;
    readonly hint: string;
    readonly details: Readonly<Record<string, unknown>>;
  };
}

/** Causes below this depth are left out; a chain may also be a ring. */
const deepestCause = 5;

export function encodeError(error: unknown, depth = 0): EncodedError {
  if (!isErrorLike(error)) return { name: 'Error', message: describe(error) };
  const { cause } = error;
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    cause: cause === undefined || depth >= deepestCause ? undefined : encodeError(cause, depth + 1),
    ...(isPredcacheError(error) ? { predcache: predcacheFields(error) } : {}),
  };
}

/** The error as the other side threw it; one that was no `PredcacheError` comes as the cause of an `ENGINE_FAILED`. */
export function decodeError(encoded: EncodedError): PredcacheError {
  const error = decodeAny(encoded);
  if (error instanceof PredcacheError) return error;
  return new PredcacheError({
    code: 'ENGINE_FAILED',
    what: `The worker failed: ${error.message}`,
    where: 'the worker of the on-device engine',
    hint: 'See the cause; if it comes from Predcache itself, please report it',
    cause: error,
  });
}

function decodeAny({ name, message, stack, cause, predcache }: EncodedError): Error {
  const below = cause === undefined ? undefined : decodeAny(cause);
  const error =
    predcache === undefined
      ? new Error(message, below === undefined ? undefined : { cause: below })
      : new PredcacheError({ ...predcache, cause: below });
  if (!(error instanceof PredcacheError)) error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

function predcacheFields(error: PredcacheError): NonNullable<EncodedError['predcache']> {
  const { code, what, where, hint, details } = error;
  return { code, what, where, hint, details: cloneable(details) };
}

function cloneable(details: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details ?? {}).map(([name, value]) => [name, cloneableValue(value)]),
  );
}

function cloneableValue(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return describe(value);
  }
}

function isErrorLike(value: unknown): value is Error {
  if (value instanceof Error) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { name, message } = value as Partial<Error>;
  return typeof name === 'string' && typeof message === 'string';
}

function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `something of type ${typeof value}`;
  }
}
