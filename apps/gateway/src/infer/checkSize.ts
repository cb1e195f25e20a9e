import type { Tensors } from '@predcache/core';
import type { Limits } from '../gatewayOptions.js';
import { GatewayError } from '../http/gatewayError.js';
import type { ModelSignature } from '../onnxFile/modelSignature.js';

/**
 * Checks that the inputs are few enough to be computed without holding up everyone else for long.
 *
 * @throws {GatewayError} 413, with how much came and the most that is taken.
 */
export function checkSize(
  inputs: Tensors,
  { inputs: expected }: ModelSignature,
  { maxElements, maxBatchSize }: Pick<Limits, 'maxElements' | 'maxBatchSize'>,
): void {
  const elements = Object.values(inputs).reduce((sum, { data }) => sum + data.length, 0);
  if (elements > maxElements) {
    throw new GatewayError(
      413,
      `The inputs hold ${elements} elements, at most ${maxElements} are taken; send fewer or shorter inputs`,
    );
  }
  // Also of an input without elements: a model may well make some of each row that has none.
  for (const { name, shape } of expected) {
    const rows = Object.hasOwn(inputs, name) ? inputs[name]!.dims[0] : undefined;
    if (shape === undefined || shape.length < 2 || shape[0] !== -1 || (rows ?? 0) <= maxBatchSize) continue;
    throw new GatewayError(
      413,
      `Input '${name}' is a batch of ${rows}, at most ${maxBatchSize} are taken; send several requests`,
    );
  }
}
