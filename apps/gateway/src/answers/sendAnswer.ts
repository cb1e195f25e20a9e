import { headerLengthName } from '@predcache/remote';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chooseCoding } from '../http/contentCodings.js';
import { addVary } from '../http/crossOrigin.js';
import { isKnown } from '../http/entityTags.js';
import type { Answer } from './answer.js';
import type { AnswerFacts, CacheHeaders } from './cacheHeaders.js';

/** Sends an answer in the coding that the client takes, or 304 where it has it already. */
export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  facts: AnswerFacts,
  headers: CacheHeaders,
): FastifyReply | Promise<FastifyReply> {
  const coding = chooseCoding(request.headers['accept-encoding'], answer.body.length);
  // Another representation of the same answer is another entity.
  const etag = coding === undefined ? answer.etag : `${answer.etag.slice(0, -1)}-${coding}"`;
  const { cacheControl } = headers;
  const status = headers.status(facts);
  reply.cacheStatus = status;
  reply.header('etag', etag);
  reply.header('cache-status', status);
  if (cacheControl !== undefined) reply.header('cache-control', cacheControl);
  if (facts.outcome === 'hit') reply.header('age', String(Math.floor(facts.age / 1000)));
  // One that Accept-Encoding changed, or would have.
  if (coding !== undefined || answer.body.length >= 1024) addVary(reply, 'Accept-Encoding');
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  reply.header('content-type', answer.contentType);
  if (answer.headerLength !== undefined) reply.header(headerLengthName, answer.headerLength);
  if (coding === undefined) return reply.send(answer.body);
  reply.header('content-encoding', coding);
  return answer.compressed(coding).then((body) => reply.send(body));
}
