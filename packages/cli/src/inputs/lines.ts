import { PredcacheError } from '@predcache/core';

/** One line of a text file. */
export interface Line {
  /** The first one's is 1. */
  readonly number: number;
  /** Without the line break; of its own, or a view that nobody changes. */
  readonly bytes: Uint8Array;
  /** Bytes of the file up to the end of the line, its line break counted. */
  readonly end: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Bytes; JSON text beyond it would not fit into one JavaScript string. */
const longestLine = 2 ** 28;

/**
 * Cuts a stream of bytes into lines; holds one line and one chunk at a time. Lines of white space alone are counted and
 * passed over.
 *
 * @throws {PredcacheError} `INPUT_TOO_LARGE` for a line of more than 256 MiB.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void, undefined> {
  let number = 0;
  let end = 0;
  let begun: Uint8Array[] = [];
  let begunSize = 0;

  function lineOf(last: Uint8Array, lineBreak: number): Line | undefined {
    number++;
    end += begunSize + last.length + lineBreak;
    const whole = begun.length === 0 ? last : Buffer.concat([...begun, last]);
    begun = [];
    begunSize = 0;
    const bytes = whole.at(-1) === carriageReturn ? whole.subarray(0, -1) : whole;
    return bytes.every(isWhiteSpace) ? undefined : { number, bytes, end };
  }

  for await (const chunk of chunks) {
    let start = 0;
    for (;;) {
      const at = chunk.indexOf(lineFeed, start);
      if (at < 0) break;
      const line = lineOf(chunk.subarray(start, at), 1);
      start = at + 1;
      if (line !== undefined) yield line;
    }
    if (start < chunk.length) {
      begun.push(chunk.subarray(start));
      begunSize += chunk.length - start;
      if (begunSize > longestLine) throw tooLong(number + 1);
    }
  }
  if (begunSize === 0) return;
  const line = lineOf(new Uint8Array(0), 0);
  if (line !== undefined) yield line;
}

function isWhiteSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === carriageReturn;
}

function tooLong(number: number): PredcacheError {
  return new PredcacheError({
    code: 'INPUT_TOO_LARGE',
    what: `The line has more than ${longestLine} bytes`,
    where: `inputs, line ${number}`,
    hint: 'Write one JSON value a line',
  });
}
