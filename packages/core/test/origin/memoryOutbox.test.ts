import { describe, expect, it } from 'vitest';
import { memoryOutbox } from '../../src/index.js';
import { outboxStoreConformance } from '../../src/testing/index.js';

outboxStoreConformance({ name: 'memoryOutbox', create: memoryOutbox, test: { describe, it, expect } });

it.each([{ maxEntries: 0 }, { maxSize: Number.NaN }])('memoryOutbox(%j) is refused', (options) => {
  expect(() => memoryOutbox(options)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
});
