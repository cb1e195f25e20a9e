import { copyPayload } from '../copyPayload.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { describeError } from '../errors/toPredcacheError.js';
import { handOut } from '../handOut.js';
import type { Payload } from '../payload.js';
import { looksLikeTensors, validateTensors } from '../validateTensors.js';

/**
 * A copy of what an engine gave, checked, for the entry: the engine may go on using its own.
 *
 * @throws {PredcacheError} `OUTPUT_INVALID`
 */
export function acceptOutputs(outputs: Payload): Payload {
  try {
    if (looksLikeTensors(outputs)) validateTensors(outputs);
    return copyPayload(outputs);
  } catch (error) {
    const what =
      error instanceof PredcacheError
        ? `${error.what} (${error.where})`
        : `The engine gave ${describeError(error)}`;
    throw new PredcacheError({
      code: 'OUTPUT_INVALID',
      what,
      where: 'what the engine returned',
      hint: 'An engine must give named tensors { type, dims, data } or a JSON value',
      cause: error,
    });
  }
}

/**
 * What the caller gets: `decode`'s result on outputs of its own, so that no caller can change what the next one gets.
 *
 * @throws {PredcacheError} `OUTPUT_DECODE_FAILED`
 */
export function decodeOutputs<Output>(
  outputs: Payload,
  decode: ((outputs: never) => Output) | undefined,
): Output {
  const own = handOut(outputs);
  if (decode === undefined) return own as Output;
  try {
    return decode(own as never);
  } catch (error) {
    throw new PredcacheError({
      code: 'OUTPUT_DECODE_FAILED',
      what: describeError(error),
      where: 'option decode',
      hint: 'Mend decode: the outputs themselves are kept, and the next call decodes them anew',
      cause: error,
    });
  }
}
