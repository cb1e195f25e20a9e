import { PredcacheError } from '@predcache/core';

const where = 'the on-device engine shared between tabs';

export function unsendable(cause: unknown): PredcacheError {
  return new PredcacheError({
    code: 'ENGINE_FAILED',
    what: 'The input could not be sent to the tab that computes',
    where,
    hint: 'See the cause; send smaller inputs where memory ran out',
    cause,
  });
}

export function unreadable(): PredcacheError {
  return new PredcacheError({
    code: 'ENGINE_FAILED',
    what: 'The tab that computes could not read what it was sent, or this one not what came back',
    where,
    hint: 'Send smaller inputs: memory may have run out',
  });
}
