import type { FastifyInstance } from 'fastify';
import { GatewayError } from './gatewayError.js';

/** Refuses inferences beyond a number of them under way, before anything of them is read and kept. */
export function addInferenceGate(app: FastifyInstance, maxRequests: number): void {
  let underWay = 0;
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'POST') return done();
    if (underWay >= maxRequests) {
      reply.header('retry-after', '1');
      return done(new GatewayError(503, `${maxRequests} requests are under way already; try again`));
    }
    underWay++;
    // Also when the client goes away; `close` comes once in any case.
    reply.raw.once('close', () => underWay--);
    done();
  });
}
