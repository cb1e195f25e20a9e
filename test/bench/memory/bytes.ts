import type { BytesHeld } from './messages.js';
import { type Contestant, contestantNames } from './process/contestants/contestants.js';
import type { Scale } from './scale.js';
import { withProcesses } from './withProcesses.js';

/** Keys for each entry: once it is full, twice as many as it holds go through a cache. */
const keysPerEntry = 3;

/** What caches take beyond their keys and values. */
export async function measureBytes(
  script: string,
  { weighedCapacity }: Scale,
): Promise<ReadonlyMap<Contestant, BytesHeld>> {
  return withProcesses(script, contestantNames, keysPerEntry * weighedCapacity, async (processes) => {
    const held = await Promise.all(processes.map((process) => process.ask('bytesHeld', weighedCapacity)));
    return new Map(processes.map(({ contestant }, at) => [contestant, held[at]!]));
  });
}
