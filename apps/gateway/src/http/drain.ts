import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the gateway has been told to stop. */
    readonly isDraining: boolean;
    /** Says from now on that it is not ready; it still answers. */
    drain(): void;
  }
}

/** Lets the gateway say that it is about to stop. */
export function addDraining(app: FastifyInstance): void {
  let isDraining = false;
  app.decorate('isDraining', { getter: () => isDraining });
  app.decorate('drain', () => {
    isDraining = true;
  });
  app.addHook('preClose', async () => {
    isDraining = true;
  });
}
