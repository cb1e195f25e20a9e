import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { describeError, PredcacheError } from '@predcache/core';

export interface Inputs {
  readonly chunks: Readable;
  /** Bytes; `undefined` for what is no regular file. */
  readonly size: number | undefined;
  /** For messages. */
  readonly name: string;
}

/**
 * Opens the inputs.
 *
 * @param file a path, or `-` for standard input
 * @throws {PredcacheError} `OPTIONS_INVALID`: the file cannot be read.
 */
export async function openInputs(file: string, signal: AbortSignal | undefined): Promise<Inputs> {
  if (file === '-')
    return { chunks: abortable(process.stdin, signal), size: undefined, name: 'standard input' };
  try {
    const status = await stat(file);
    if (status.isDirectory()) throw new Error('It is a folder');
    const chunks = abortable(createReadStream(file), signal);
    return { chunks, size: status.isFile() ? status.size : undefined, name: file };
  } catch (cause) {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: `The inputs cannot be read: ${describeError(cause)}`,
      where: file,
      hint: 'Give --inputs the path of a file with one JSON value a line, or - for standard input',
      cause,
    });
  }
}

function abortable(chunks: Readable, signal: AbortSignal | undefined): Readable {
  return signal === undefined ? chunks : addAbortSignal(signal, chunks);
}
