import { protocolError } from './protocolError.js';

/** An integer of 16 digits or more, which `JSON.parse` may round, somewhere a value can stand. */
const maybeLongInteger = /[[,:\s]-?\d{16,}[\s,\]}]/;

/**
 * Parses JSON as `JSON.parse` does, but gives integers beyond 2^53 as a `bigint` instead of rounding them: an INT64
 * tensor would change on its way otherwise. Costs one regular expression more than `JSON.parse` where there are none.
 *
 * @throws {PredcacheError} `REMOTE_PROTOCOL` for bytes that are not UTF-8 and text that is not JSON.
 */
export function parseProtocolJson(bytes: Uint8Array, where: string): unknown {
  const text = decodeText(bytes, where);
  try {
    return maybeLongInteger.test(text) ? parseWithLongIntegers(text) : JSON.parse(text);
  } catch (cause) {
    const hint = /\b(NaN|Infinity)\b/.test(text)
      ? 'NaN and infinities are no JSON: have them sent in the binary format'
      : 'Send a JSON object';
    throw protocolError('It is not valid JSON', where, hint, cause);
  }
}

function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw protocolError('It is not UTF-8 text', where, 'Send JSON as UTF-8', cause);
  }
}

// JSON.parse's source text access would do this, but Node 20 and Safari 18.3 lack it.
function parseWithLongIntegers(text: string): unknown {
  let mark = '#integer:';
  while (text.includes(mark)) mark = `#${mark}`;
  return JSON.parse(quoteLongIntegers(text, mark), (_name, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** Turns integers that a double cannot hold into strings with a mark that occurs nowhere else in the text. */
function quoteLongIntegers(text: string, mark: string): string {
  const token = /"|-?\d[\d.eE+-]*/g;
  let quoted = '';
  let copied = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '"') {
      token.lastIndex = endOfString(text, match.index);
    } else if (/^-?[1-9]\d{15,}$/.test(match[0]) && !Number.isSafeInteger(Number(match[0]))) {
      quoted += `${text.slice(copied, match.index)}"${mark}${match[0]}"`;
      copied = token.lastIndex;
    }
  }
  return quoted + text.slice(copied);
}

/** The index after the closing quotation mark of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}
