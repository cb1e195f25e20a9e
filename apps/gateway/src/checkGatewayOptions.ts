import { PredcacheError } from '@predcache/core';
import { defaultLimits, type GatewayOptions, type Limits } from './gatewayOptions.js';

/**
 * Checks options, and fills in the limits that are left out.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`, naming the option.
 */
export function checkGatewayOptions(options: GatewayOptions): Limits {
  const { models, upstream, cacheSize = 1, answerCacheSize = 1, ttl = 1, apiKeys, rateLimit } = options;
  if (models === undefined && upstream === undefined)
    throw invalid('models', 'Name a folder, or an upstream');
  if (models !== undefined && (typeof models !== 'string' || models === ''))
    throw invalid('models', 'Name a folder');
  if (!(cacheSize >= 1)) throw invalid('cacheSize', 'Pass a number of bytes, 1 or more');
  if (!(answerCacheSize >= 0)) throw invalid('answerCacheSize', 'Pass a number of bytes, 0 or more');
  if (!(ttl > 0)) throw invalid('ttl', 'Pass ms, more than 0');
  // An empty list would say "nobody" to one reader and "everybody" to another.
  if (apiKeys !== undefined && (apiKeys.length === 0 || apiKeys.includes('')))
    throw invalid('apiKeys', 'Pass at least one key, none of them empty, or leave the option out');
  if (rateLimit !== undefined && !(rateLimit.perSecond > 0 && (rateLimit.burst ?? 1) >= 1))
    throw invalid('rateLimit', 'Pass perSecond above 0, and a burst of 1 or more');
  if (rateLimit !== undefined && apiKeys === undefined)
    throw invalid('rateLimit', 'Pass apiKeys as well: limits are for each of them');
  return checkLimits(options.limits ?? {});
}

function checkLimits(given: Partial<Limits>): Limits {
  const limits: { -readonly [Name in keyof Limits]: number } = { ...defaultLimits };
  for (const name of Object.keys(defaultLimits) as (keyof Limits)[]) {
    const limit = given[name] ?? defaultLimits[name];
    if (!Number.isSafeInteger(limit) || limit < 1)
      throw invalid(`limits.${name}`, 'Pass a whole number, 1 or more');
    limits[name] = limit;
  }
  return limits;
}

function invalid(option: string, hint: string): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The option ${option} is not valid`,
    where: 'buildGateway',
    hint,
  });
}
