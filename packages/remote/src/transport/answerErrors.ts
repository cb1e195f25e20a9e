import { PredcacheError } from '@predcache/core';
import type { Answer } from './exchange.js';
import { retryAfter } from './retryAfter.js';
import { serverMessage } from './serverMessage.js';

/**
 * Checks an answer's status and that it is no web page.
 *
 * @param isConditional whether 304 (Not Modified) is an answer too
 * @throws {PredcacheError} `REMOTE_STATUS` with `status` in its details, and `retryAfter` (ms) where the server says it;
 * or `REMOTE_PROTOCOL`.
 */
export function checkAnswer(answer: Answer, where: string, isConditional = false): void {
  if (isConditional && answer.status === 304) return;
  if (answer.status < 200 || answer.status > 299) throw statusError(answer, where);
  if (/^text\/html\b/i.test(answer.headers.get('content-type') ?? '')) {
    throw new PredcacheError({
      code: 'REMOTE_PROTOCOL',
      what: 'The server answered with a web page',
      where,
      hint: 'Check that baseUrl is the address of an inference server, not of a web site',
    });
  }
}

function statusError({ status, headers, body }: Answer, where: string): PredcacheError {
  const message = serverMessage(body);
  const wait = retryAfter(headers);
  return new PredcacheError({
    code: 'REMOTE_STATUS',
    what: message === '' ? `The server answered with status ${status}` : `Status ${status}: ${message}`,
    where,
    hint: hintFor(status),
    details: { status, message, ...(wait === undefined ? {} : { retryAfter: wait }) },
  });
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return 'Check the credentials in the headers option';
  if (status === 404) return 'Check baseUrl and the name and version of the model at the server';
  if (status === 413) return 'Send a smaller input, or raise the limit of the server';
  if (status === 429) return 'Ask less often';
  return status < 500 ? 'Correct the input, or the model asked for' : "See the server's log";
}
