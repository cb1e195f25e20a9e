export { buildGateway } from './buildGateway.js';
export type { GatewayOptions } from './gatewayOptions.js';
