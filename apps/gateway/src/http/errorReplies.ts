import { type ErrorCode, isPredcacheError, type PredcacheError } from '@predcache/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from './gatewayError.js';
import { answerRefusedBody } from './refusedBody.js';

/** Errors of a prediction that are the client's, by their code. Everything else is a fault of ours. */
const statusByCode: Partial<Readonly<Record<ErrorCode, number>>> = {
  INPUT_INVALID: 400,
  INPUT_TENSOR_INVALID: 400,
  INPUT_NOT_JSON: 400,
  INPUT_REJECTED: 400,
  INPUT_TOO_LARGE: 413,
  ENGINE_OVERLOADED: 503,
  PREDICT_TIMEOUT: 503,
  DISPOSED: 503,
  REMOTE_TIMEOUT: 504,
  REMOTE_UNREACHABLE: 502,
  REMOTE_STATUS: 502,
  REMOTE_PROTOCOL: 502,
};

/** s after which to try again where nothing better is known. */
const retryAfter = '1';

/** Messages of the framework may repeat a whole path. */
const maxMessageLength = 500;

/** Every error is answered in the protocol's form, `{"error": …}`, with the status that fits. */
export function addErrorReplies(app: FastifyInstance): void {
  app.setErrorHandler(replyWithError);
  app.setNotFoundHandler((request, reply) => {
    replyWithError(
      new GatewayError(404, `There is nothing at ${request.method} ${shortPath(request)}`),
      request,
      reply,
    );
  });
}

/** Also for what fails before a route is found, such as a path that cannot be decoded. */
export function replyWithError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, message } = describeError(error);
  if (status >= 500) request.log.error({ err: error }, 'request failed');
  if (status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfter);
  const answer = () => {
    reply
      .code(status)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ error: message }));
  };
  if (status === 413) answerRefusedBody(request, reply, answer);
  else answer();
}

function describeError(error: unknown): { status: number; message: string } {
  if (isPredcacheError(error)) {
    const status = passedOn(error) ?? statusByCode[error.code] ?? 500;
    // Messages of faults may name paths and internals: those are for the log.
    if (status === 500) return { status, message: 'The model failed' };
    if (status === 502 || status === 504) return { status, message: 'The server behind this one failed' };
    return { status, message: saidUpstream(error) ?? error.message };
  }
  const { statusCode, message } = (error ?? {}) as { statusCode?: unknown; message?: unknown };
  if (
    typeof statusCode === 'number' &&
    statusCode >= 400 &&
    statusCode < 600 &&
    typeof message === 'string'
  ) {
    return { status: statusCode, message: message.slice(0, maxMessageLength) };
  }
  return { status: 500, message: 'The gateway failed' };
}

/** What a server behind this one says of the client's request is for the client. */
function passedOn({ code, details: { status } }: PredcacheError): number | undefined {
  if (code !== 'REMOTE_STATUS' || typeof status !== 'number') return undefined;
  return passable.has(status) ? status : undefined;
}

/** Not 401 and 403, which are about the credentials of this server. */
const passable = new Set([400, 404, 406, 409, 413, 415, 422, 429, 503]);

function saidUpstream({ code, details: { message } }: PredcacheError): string | undefined {
  return code === 'REMOTE_STATUS' && typeof message === 'string' && message !== '' ? message : undefined;
}

function shortPath(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!.slice(0, 200);
}
