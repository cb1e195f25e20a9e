import type { Scenario } from '../scenario.js';
import { cleared } from './cleared.js';
import { logTruncated, logWithGarbage, manifestGone } from './damaged.js';
import { diskFull } from './diskFull.js';
import { engineWorkerHung, engineWorkerKilled, engineWorkerOutOfMemory } from './engineWorker.js';
import { killed, killedWhileEvicting } from './killed.js';
import { quota } from './quota.js';
import { tabCrash } from './tabCrash.js';
import { twoTabs } from './twoTabs.js';
import { workerTerminated } from './workerTerminated.js';
import { writeBack, writeBackWithTornLog } from './writeBack.js';

export const scenarios: readonly Scenario[] = [
  killed,
  killedWhileEvicting,
  quota,
  cleared,
  logWithGarbage,
  logTruncated,
  manifestGone,
  diskFull,
  workerTerminated,
  twoTabs,
  tabCrash,
  writeBack,
  writeBackWithTornLog,
  engineWorkerKilled,
  engineWorkerHung,
  engineWorkerOutOfMemory,
];
