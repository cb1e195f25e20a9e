import type { Tensors } from '@predcache/core';
import { GatewayError } from '../http/gatewayError.js';

/**
 * Checks that the inputs are few enough to be computed without holding up everyone else for long.
 *
 * @throws {GatewayError} 413, with the number of elements that came and the most that are taken.
 */
export function checkSize(inputs: Tensors, maxElements: number): void {
  const elements = Object.values(inputs).reduce((sum, { data }) => sum + data.length, 0);
  if (elements <= maxElements) return;
  throw new GatewayError(
    413,
    `The inputs hold ${elements} elements, at most ${maxElements} are taken; send fewer or shorter inputs`,
  );
}
