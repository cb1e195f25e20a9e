import type { Model } from '../model.js';
import { Keyer } from './keyer.js';

/**
 * The key of an input for a model: the same in a page, a worker and Node. Layout and test vectors: `docs/keys.md`.
 *
 * @param input named tensors or a JSON value
 * @returns 64 hexadecimal digits, SHA-256
 * @throws {PredcacheError} `INPUT_INVALID`, `INPUT_TENSOR_INVALID` or `INPUT_NOT_JSON`
 *
 * @example
 * await keyOf({ name: 'sentiment', version: '3' }, { text: 'what a day' });
 */
export async function keyOf(model: Model, input: unknown): Promise<string> {
  return new Keyer({ model, maxInputSize: Number.POSITIVE_INFINITY }).keyOf(input).key;
}
