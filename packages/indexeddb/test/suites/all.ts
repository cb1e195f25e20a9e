import { tierConformance } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { indexedDB } from '../../src/index.js';
import { newName } from '../support/database.js';
import { batchingSuite } from './batching.js';
import { boundsSuite } from './bounds.js';
import { damageSuite } from './damage.js';
import { encryptionSuite } from './encryption.js';
import { faultsSuite } from './faults.js';
import { fullStorageSuite } from './fullStorage.js';
import { hotSetSuite } from './hotSet.js';
import { invalidationSuite } from './invalidation.js';
import { journalSuite } from './journal.js';
import { lossSuite } from './loss.js';
import { orderingSuite } from './ordering.js';
import { partitionsSuite } from './partitions.js';
import { persistenceSuite } from './persistence.js';
import { readRowsSuite } from './readRows.js';
import { tabsSuite } from './tabs.js';
import { timeToLiveSuite } from './timeToLive.js';
import { transferSuite } from './transfer.js';
import { usesSuite } from './uses.js';

/** What holds on every implementation of IndexedDB: run on fake-indexeddb in Node, and in a real browser. */
export function tierSuites(): void {
  tierConformance({
    name: 'indexedDB',
    create: (bounds) => indexedDB({ ...bounds, name: newName() }),
    test: { describe, it, expect },
  });
  persistenceSuite();
  batchingSuite();
  orderingSuite();
  boundsSuite();
  damageSuite();
  readRowsSuite();
  tabsSuite();
  faultsSuite();
  fullStorageSuite();
  transferSuite();
  journalSuite();
  lossSuite();
  hotSetSuite();
  usesSuite();
  timeToLiveSuite();
  invalidationSuite();
  partitionsSuite();
  encryptionSuite();
}
