import { parseArgs } from 'node:util';
import { defaultLimits } from '../gatewayOptions.js';
import { UsageError } from './usageError.js';

export type Values = ReturnType<typeof parseFlags>;

/** @throws {UsageError} for unknown flags and missing values. */
export function parseFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        models: { type: 'string' },
        upstream: { type: 'string' },
        port: { type: 'string', default: '8080' },
        host: { type: 'string', default: '127.0.0.1' },
        static: { type: 'string' },
        'no-watch': { type: 'boolean' },
        'cache-size': { type: 'string' },
        ttl: { type: 'string' },
        'cache-control': { type: 'string' },
        predictions: { type: 'string' },
        'expose-keys': { type: 'boolean' },
        'api-keys': { type: 'string' },
        'rate-limit': { type: 'string' },
        'max-body': { type: 'string', default: String(defaultLimits.maxBodySize) },
        'max-elements': { type: 'string', default: String(defaultLimits.maxElements) },
        'max-batch': { type: 'string', default: String(defaultLimits.maxBatchSize) },
        'max-queue': { type: 'string', default: String(defaultLimits.maxQueueLength) },
        'request-timeout': { type: 'string', default: String(defaultLimits.requestTimeout) },
        'drain-delay': { type: 'string', default: '0' },
        'drain-timeout': { type: 'string', default: '3000' },
        log: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
