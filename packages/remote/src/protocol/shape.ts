import { describe, protocolError } from './protocolError.js';

/** More axes than any runtime takes; bounds the depth of nested data. */
const maxRank = 64;

/**
 * Reads a `shape`: an array of whole numbers, each 0 or more.
 *
 * @throws {PredcacheError} `REMOTE_PROTOCOL`.
 */
export function readShape(value: unknown, where: string): readonly number[] {
  if (!Array.isArray(value)) {
    throw protocolError(`The shape is ${describe(value)}`, where, 'Send it as an array of whole numbers');
  }
  if (value.length > maxRank) {
    throw protocolError(`The shape has ${value.length} axes`, where, `Send at most ${maxRank}`);
  }
  for (const dim of value) {
    if (!Number.isSafeInteger(dim) || dim < 0) {
      throw protocolError(`The shape holds ${describe(dim)}`, where, 'Send whole numbers from 0 to 2^53 - 1');
    }
  }
  return value.map((dim: number) => dim);
}

/**
 * How many elements a tensor of this shape has.
 *
 * @throws {PredcacheError} `REMOTE_PROTOCOL` when the number is beyond 2^53 - 1.
 */
export function elementCount(shape: readonly number[], where: string): number {
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, dim) => product * dim, 1);
  if (Number.isSafeInteger(count)) return count;
  throw protocolError(
    `The shape [${shape.join(', ')}] has too many elements`,
    where,
    'Send a smaller tensor',
  );
}
