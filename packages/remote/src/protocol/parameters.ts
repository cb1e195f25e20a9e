import { describe, protocolError } from './protocolError.js';

/** A message's or a tensor's `parameters`: an empty object when there are none. */
export function readParameters(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw protocolError(
    `The parameters are ${describe(value)}`,
    where,
    'Send them as an object, or leave them out',
  );
}

/** A parameter that is true or false. */
export function readFlag(value: unknown, name: string, where: string): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw protocolError(`${name} is ${describe(value)}`, where, 'Send true or false');
}

/** A request's or response's `id`; servers are known to send numbers as well. */
export function readId(value: unknown, where: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw protocolError(`The id is ${describe(value)}`, where, 'Send a string');
}
