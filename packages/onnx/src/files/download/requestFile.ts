import type { ModelFile } from '../modelFile.js';
import { servedHtml } from '../notAModel.js';
import { parseContentRange } from './contentRange.js';
import { badStatus } from './downloadErrors.js';
import { ifRange, isSameEdition, type Validators, validatorsOf } from './validators.js';

/** The beginning of a file that is there already. */
export interface Beginning {
  readonly length: number;
  /** Of the whole file, where it was known. */
  readonly size: number | undefined;
  readonly validators: Validators;
}

export interface FileAnswer {
  readonly response: Response;
  /** Where in the file the body starts. */
  readonly offset: number;
  /** Of the whole file, where it can be known. */
  readonly size: number | undefined;
  /** A guess at `size` where it cannot. */
  readonly likelySize: number | undefined;
  readonly validators: Validators;
}

export interface FileRequest {
  readonly signal: AbortSignal;
  /** Past every HTTP cache: what was there turned out to be of no use. */
  readonly fresh: boolean;
  readonly beginning?: Beginning | undefined;
}

/** Asks for a file, or for the rest of it where it can be told that it is the rest of the same file. */
export async function requestFile(
  file: ModelFile,
  { signal, fresh, beginning }: FileRequest,
): Promise<FileAnswer> {
  const rest = beginning === undefined ? undefined : await requestRest(file, beginning, signal);
  if (rest !== undefined) return rest;
  const cache = fresh ? 'reload' : 'default';
  return wholeFile(file, await fetch(file.url, { signal, credentials: 'same-origin', cache }));
}

/** A page may read all headers of its own origin only, and send what it likes to it without being asked beforehand. */
export function isOwnOrigin(url: string): boolean {
  const own = globalThis.location as Location | undefined;
  return own === undefined || new URL(url, own.href).origin === own.origin;
}

async function requestRest(
  file: ModelFile,
  beginning: Beginning,
  signal: AbortSignal,
): Promise<FileAnswer | undefined> {
  const condition = ifRange(beginning.validators);
  // Nothing would tell the rest of this file from the rest of another one.
  if (condition === undefined && file.integrity === undefined) return undefined;
  const isOwn = isOwnOrigin(file.url);
  const headers = {
    range: `bytes=${beginning.length}-`,
    ...(isOwn && condition !== undefined ? { 'if-range': condition } : {}),
  };
  let response: Response;
  try {
    response = await fetch(file.url, { signal, headers, credentials: 'same-origin', cache: 'no-store' });
  } catch (error) {
    // Servers of other origins may have forbidden the header rather than be out of reach.
    if (signal.aborted || isOwn) throw error;
    return undefined;
  }
  if (response.status === 200) return wholeFile(file, response);
  const answer = restOfFile(file, beginning, response);
  if (answer === undefined) await response.body?.cancel();
  return answer;
}

function restOfFile(file: ModelFile, beginning: Beginning, response: Response): FileAnswer | undefined {
  if (response.status !== 206 || response.headers.has('content-encoding')) return undefined;
  const validators = validatorsOf(response.headers);
  const known = beginning.validators;
  const tells = validators.etag !== undefined || validators.lastModified !== undefined;
  const isOther =
    tells && (known.etag ?? known.lastModified) !== undefined && !isSameEdition(known, validators);
  const range = parseContentRange(response.headers.get('content-range'));
  const hasDigest = file.integrity !== undefined;
  // Other origins hide the header unless they expose it.
  const isRight =
    range === undefined
      ? hasDigest && !isOwnOrigin(file.url)
      : range.start === beginning.length &&
        (range.size === undefined || range.end === range.size - 1) &&
        (range.size === undefined || beginning.size === undefined || range.size === beginning.size);
  const isSure = hasDigest || isOwnOrigin(file.url) || isSameEdition(known, validators);
  if (isOther || !isRight || !isSure) return undefined;
  const size = range?.size ?? beginning.size;
  return {
    response,
    offset: beginning.length,
    size,
    likelySize: size,
    validators: tells ? validators : known,
  };
}

function wholeFile(file: ModelFile, response: Response): FileAnswer {
  if (!response.ok) throw badStatus(file, response);
  if (response.headers.get('content-type')?.startsWith('text/html')) throw servedHtml(file);
  const length = contentLength(response);
  // For compressed answers the length counts something else, and only one's own origin says that they are.
  const isExact = response.type !== 'cors' && !response.headers.has('content-encoding');
  return {
    response,
    offset: 0,
    size: isExact ? length : undefined,
    likelySize: length,
    validators: validatorsOf(response.headers),
  };
}

function contentLength({ headers }: Response): number | undefined {
  const header = headers.get('content-length');
  const length = header === null ? Number.NaN : Number(header);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}
