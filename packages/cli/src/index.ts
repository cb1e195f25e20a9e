export { run } from './cli/run.js';
export { tensorsFromJson } from './inputs/tensorsFromJson.js';
export { warm } from './warm/warm.js';
export type { WarmOptions, WarmProgress, WarmResult } from './warm/warmOptions.js';
