export type { RateLimit } from './access/rateLimits.js';
export { buildGateway } from './buildGateway.js';
export type { GatewayOptions, Limits } from './gatewayOptions.js';
export type { Draining } from './http/drain.js';
export type { UpstreamOptions } from './upstream/upstreamOptions.js';
