import { GatewayError } from '../http/gatewayError.js';
import type { FirstStep } from '../http/requestSteps.js';
import { ApiKeys } from './apiKeys.js';
import { type RateLimit, RateLimits } from './rateLimits.js';

/** Anybody may ask whether the gateway is there: what asks that, such as a load balancer, mostly has no key. */
const open = /^\/v2\/health\//;

/** Refuses requests without a known API key, and what comes beyond a key's rate. */
export function access(keys: readonly string[], rateLimit: RateLimit | undefined): FirstStep {
  const apiKeys = new ApiKeys(keys);
  const limits = rateLimit && new RateLimits(rateLimit);
  return (request, reply) => {
    // What browsers ask before they may send a key.
    if (request.method === 'OPTIONS' || open.test(request.url)) return;
    const key = apiKeys.find(request.headers);
    if (key === undefined) {
      reply.header('www-authenticate', 'Bearer');
      throw new GatewayError(401, 'Send a known API key, as "Authorization: Bearer KEY"');
    }
    const seconds = limits?.take(String(key));
    if (seconds === undefined) return;
    reply.header('retry-after', String(Math.max(1, Math.ceil(seconds))));
    throw new GatewayError(429, 'Too many requests with this API key');
  };
}
