import { policyConformance } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { MostRecentlyUsed, policies } from '../support/policies.js';

const test = { describe, expect, it };

for (const [name, create] of Object.entries(policies)) {
  policyConformance({ name, create, test });

  it(`${name} calls itself so`, () => {
    expect(create().name).toBe(name);
  });
}

policyConformance({ name: "the docstring's example", create: () => new MostRecentlyUsed(), test });
