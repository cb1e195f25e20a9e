import { PredcacheError } from '../errors/predcacheError.js';
import type { EvictionPolicy } from '../policies/evictionPolicy.js';

/** Slots of two tiers in one policy would be taken for one another. */
const inUse = new WeakSet<EvictionPolicy>();

/** @throws {PredcacheError} `OPTIONS_INVALID` when another tier has it. */
export function takePolicy(policy: EvictionPolicy): void {
  if (inUse.has(policy)) {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: `This ${policy.name} policy is in use by another tier`,
      where: 'memory({ policy })',
      hint: 'Make one for each tier: a policy keeps state',
    });
  }
  inUse.add(policy);
}

/** Its tier is done with it, and has told it of every slot's removal. */
export function releasePolicy(policy: EvictionPolicy): void {
  inUse.delete(policy);
}
