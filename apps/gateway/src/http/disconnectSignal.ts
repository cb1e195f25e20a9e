import type { ServerResponse } from 'node:http';
import { GatewayError } from './gatewayError.js';

/** Aborts when the client goes away before it has its answer. */
export function disconnectSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    // 499 is nginx's status for it; no one is left to read it, but the log tells it from a fault of ours.
    if (!response.writableFinished) controller.abort(new GatewayError(499, 'The client went away'));
  });
  return controller.signal;
}
