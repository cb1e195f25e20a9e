export { type EngineConformanceOptions, engineConformance } from './engineConformance.js';
export { type OutboxStoreConformanceOptions, outboxStoreConformance } from './outboxStoreConformance.js';
export { type PolicyConformanceOptions, policyConformance } from './policyConformance.js';
export { bitsOf, sampleEntry, sampleKey, tensorsOfEveryType } from './sampleEntries.js';
export type { Expectation, TestRunner } from './testRunner.js';
export { type TierConformanceOptions, tierConformance } from './tierConformance.js';
