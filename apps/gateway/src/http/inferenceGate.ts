import { GatewayError } from './gatewayError.js';
import type { FirstStep, LastStep } from './requestSteps.js';

/** Refuses inferences beyond a number of them under way, before anything of them is read and kept. */
export function inferenceGate(maxRequests: number): { readonly first: FirstStep; readonly last: LastStep } {
  let underWay = 0;
  return {
    first: ({ method }, reply) => {
      if (method !== 'POST') return;
      underWay++;
      if (underWay <= maxRequests) return;
      reply.header('retry-after', '1');
      throw new GatewayError(503, `${maxRequests} requests are under way already; try again`);
    },
    last: ({ method }) => {
      if (method === 'POST') underWay--;
    },
  };
}
