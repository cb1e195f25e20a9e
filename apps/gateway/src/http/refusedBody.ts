import { finished } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Reads to its end what was refused: closing the connection while the client still writes would lose the answer.
 * Where the connection is kept the answer does not wait for that, so that a client that listens can stop.
 */
export function answerRefusedBody(request: FastifyRequest, reply: FastifyReply, answer: () => void): void {
  // Fastify closes after a body too large; here that would come too early.
  reply.removeHeader('connection');
  // It may be on its way into a decompressor, which would go on decompressing.
  request.raw.unpipe();
  request.raw.resume();
  if (reply.raw.shouldKeepAlive || request.raw.complete) {
    answer();
    return;
  }
  finished(request.raw, (error) => {
    if (error == null) answer();
  });
}
