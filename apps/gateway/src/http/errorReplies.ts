import { type ErrorCode, isPredcacheError } from '@predcache/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from './gatewayError.js';
import { answerRefusedBody } from './refusedBody.js';

/** Errors of a prediction that are the client's, by their code. Everything else is a fault of ours. */
const statusByCode: Partial<Readonly<Record<ErrorCode, number>>> = {
  REMOTE_PROTOCOL: 400,
  INPUT_INVALID: 400,
  INPUT_TENSOR_INVALID: 400,
  INPUT_NOT_JSON: 400,
  INPUT_REJECTED: 400,
  INPUT_TOO_LARGE: 413,
  DISPOSED: 503,
};

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
    const status = statusByCode[error.code] ?? 500;
    // Messages of faults may name paths and internals: those are for the log.
    return { status, message: status === 500 ? 'The model failed' : error.message };
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

function shortPath(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!.slice(0, 200);
}
