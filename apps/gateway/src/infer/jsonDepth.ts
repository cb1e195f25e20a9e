import { GatewayError } from '../http/gatewayError.js';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Checks how deep JSON is nested before it is parsed. Raw tensors after it do no harm: the length of the JSON is given.
 *
 * @throws {GatewayError} 400, with the most that is taken.
 */
export function checkJsonDepth(json: Uint8Array, maxDepth: number): void {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (isInString) {
      if (byte === backslash) at++;
      else if (byte === quote) isInString = false;
    } else if (byte === quote) isInString = true;
    // `[` and `{`, `]` and `}` differ in one bit.
    else if ((byte | 0x20) === 0x7b) {
      if (++depth > maxDepth)
        throw new GatewayError(400, `The JSON is nested deeper than ${maxDepth} levels`);
    } else if ((byte | 0x20) === 0x7d) depth--;
  }
}
