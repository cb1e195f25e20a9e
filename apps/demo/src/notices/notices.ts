import type { EngineSource } from '@predcache/core';
import type { RecordedEvent } from '@predcache/react';
import { reasonOf } from './reasonOf.js';

/** Where to compute, as the reader has chosen. */
export type EngineChoice = 'device' | 'cloud';

export interface Notice {
  readonly id: 'offline' | 'device' | 'cloud' | 'disk';
  readonly text: string;
}

export interface Circumstances {
  readonly isOnline: boolean;
  readonly engine: EngineChoice;
  /** `engine-error` and `computed` events of the model that is chosen, `tier-error` and `stored` events of any, the oldest first; others do no harm. */
  readonly events: readonly RecordedEvent[];
}

/** What the reader should know about how answers are come by now: nothing as long as all is well. */
export function noticesOf({ isOnline, engine, events }: Circumstances): readonly Notice[] {
  const deviceTrouble = troubleOf('on_device', events);
  const cloudTrouble = troubleOf('in_cloud', events);
  const diskTrouble = diskTroubleOf(events);
  const notices: Notice[] = [];
  if (!isOnline) notices.push({ id: 'offline', text: offlineText(events, deviceTrouble) });
  // What is not asked now is no trouble now, and what it failed of may be long gone.
  if (deviceTrouble !== undefined && (engine === 'device' || cloudTrouble !== undefined)) {
    const next =
      isOnline && cloudTrouble === undefined ? 'The API answers instead.' : 'Known texts are still answered.';
    notices.push({ id: 'device', text: `This device cannot compute: ${deviceTrouble}. ${next}` });
  }
  if (cloudTrouble !== undefined && isOnline && (engine === 'cloud' || deviceTrouble !== undefined)) {
    const next =
      deviceTrouble === undefined ? 'This device computes instead.' : 'Known texts are still answered.';
    notices.push({ id: 'cloud', text: `The API does not answer: ${cloudTrouble}. ${next}` });
  }
  if (diskTrouble !== undefined) {
    notices.push({ id: 'disk', text: `No storage on disk: ${diskTrouble}. Answers are kept in memory.` });
  }
  return notices;
}

/** What an engine failed of, unless it has computed something since. */
function troubleOf(source: EngineSource, events: readonly RecordedEvent[]): string | undefined {
  const last = events.findLast(
    ({ event }) => (event.type === 'engine-error' || event.type === 'computed') && event.source === source,
  )?.event;
  return last?.type === 'engine-error' ? reasonOf(last.error) : undefined;
}

/** What the disk failed of, unless it has stored something since. */
function diskTroubleOf(events: readonly RecordedEvent[]): string | undefined {
  const last = events.findLast(
    ({ event }) => (event.type === 'tier-error' || event.type === 'stored') && event.tier === 'indexeddb',
  )?.event;
  return last?.type === 'tier-error' ? reasonOf(last.error) : undefined;
}

function offlineText(events: readonly RecordedEvent[], deviceTrouble: string | undefined): string {
  const hasComputed = events.some(({ event }) => event.type === 'computed' && event.source === 'on_device');
  const places =
    hasComputed && deviceTrouble === undefined ? 'memory, disk and this device' : 'memory and disk';
  return `Offline, answering from ${places}.`;
}
