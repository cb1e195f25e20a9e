import type { LoadProgress, Priority } from '@predcache/core';
import type { EncodedError } from '../transport/errorCodec.js';
import type { FromLeader, SquareMessage, ToLeader } from './messages.js';

/** `undefined` for what is no such message. */
export function readSquareMessage(data: unknown): SquareMessage | undefined {
  if (!isRecord(data)) return undefined;
  const { kind, tab, leader } = data;
  if (kind === 'ask' && isName(tab)) return { kind, tab };
  if (kind === 'lead' && isName(leader)) return { kind, leader };
  return undefined;
}

/** `undefined` for what is no such message. The argument of a call is not looked into. */
export function readToLeader(data: unknown): ToLeader | undefined {
  if (!isRecord(data)) return undefined;
  const { kind, call, beat } = data;
  if (kind === 'beat' && typeof beat === 'number') return { kind, beat };
  if (!isName(call)) return undefined;
  if (kind === 'cancel') return { kind, call };
  const { method, argument, priority, startAnyway, wantsProgress } = data;
  if (kind !== 'call' || typeof method !== 'string' || !isPriority(priority)) return undefined;
  return {
    kind,
    call,
    method,
    argument,
    priority,
    startAnyway: startAnyway === true,
    wantsProgress: wantsProgress === true,
  };
}

/** `undefined` for what is no such message. The value of a result is not looked into. */
export function readFromLeader(data: unknown): FromLeader | undefined {
  if (!isRecord(data)) return undefined;
  const { kind, call, beat, calls, progress, error, identity } = data;
  if (kind === 'welcome') return { kind };
  if (kind === 'gone' && isName(identity)) return { kind, identity };
  if (kind === 'alive' && typeof beat === 'number' && isNames(calls)) return { kind, beat, calls };
  if (!isName(call)) return undefined;
  if (kind === 'begun') return { kind, call };
  if (kind === 'result') return { kind, call, value: data.value };
  if (kind === 'progress' && isProgress(progress)) return { kind, call, progress };
  if (kind === 'failure' && isEncodedError(error)) return { kind, call, error };
  return undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isName);
}

function isPriority(value: unknown): value is Priority {
  return value === 'user' || value === 'refresh' || value === 'background';
}

function isProgress(value: unknown): value is LoadProgress {
  if (!isRecord(value)) return false;
  const { phase, loadedBytes, totalBytes, ratio } = value;
  return (
    (phase === 'runtime' || phase === 'download' || phase === 'session' || phase === 'ready') &&
    typeof loadedBytes === 'number' &&
    (totalBytes === undefined || typeof totalBytes === 'number') &&
    typeof ratio === 'number'
  );
}

function isEncodedError(value: unknown): value is EncodedError {
  if (!isRecord(value) || typeof value.name !== 'string' || typeof value.message !== 'string') return false;
  const { cause, predcache } = value;
  if (cause !== undefined && !isEncodedError(cause)) return false;
  if (predcache === undefined) return true;
  if (!isRecord(predcache) || !isRecord(predcache.details)) return false;
  return [predcache.code, predcache.what, predcache.where, predcache.hint].every(
    (text) => typeof text === 'string',
  );
}
