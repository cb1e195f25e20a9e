import { protocolError } from './protocol/protocolError.js';

/** Text in quotation marks, which stays as it is, or a bare word that JSON does not know where a value may stand. */
const token = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b(?=\s*(?:[,\]}]|$))/g;

/**
 * Parses JSON, and the NaN and infinities that servers write into it all the same (Python's `json`, TensorFlow Serving).
 * Nothing is spent on that where the text is valid.
 *
 * @throws {PredcacheError} `REMOTE_PROTOCOL`.
 */
export function parseLenientJson(bytes: Uint8Array, where: string): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    try {
      return parseWithBareWords(text);
    } catch {
      throw protocolError('It is not valid JSON', where, 'Check that the address is that of the API', cause);
    }
  }
}

function parseWithBareWords(text: string): unknown {
  let mark = '#number:';
  while (text.includes(mark)) mark = `#${mark}`;
  const quoted = text.replace(token, (found) => (found.startsWith('"') ? found : `"${mark}${found}"`));
  return JSON.parse(quoted, (_name, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? Number(value.slice(mark.length)) : value,
  );
}
