import type { FastifyInstance } from 'fastify';
import type { LastStep } from './requestSteps.js';

/** What a gateway can do beside what a server can. */
export interface Draining {
  /** Whether the gateway has been told to stop. */
  readonly isDraining: boolean;
  /** Says from now on that it is not ready; it still answers. */
  drain(): void;
}

declare module 'fastify' {
  interface FastifyInstance extends Draining {}
}

/**
 * Lets the gateway say that it is about to stop.
 *
 * @returns what is to be done once a request is over
 */
export function addDraining(app: FastifyInstance): LastStep {
  let isDraining = false;
  let isClosing = false;
  app.decorate('isDraining', { getter: () => isDraining });
  app.decorate('drain', () => {
    isDraining = true;
  });
  app.addHook('preClose', async () => {
    isDraining = true;
    isClosing = true;
  });
  return () => {
    // Closing closes the connections that are idle then; one that becomes idle later would hold it up until its time is up.
    if (isClosing) setImmediate(() => app.server.closeIdleConnections());
  };
}
