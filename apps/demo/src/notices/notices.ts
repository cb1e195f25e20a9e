import type { EngineSource, PredictorEvent } from '@predcache/core';
import type { RecordedEvent } from '@predcache/react';

export interface Notice {
  readonly id: 'offline' | 'device' | 'cloud' | 'disk';
  readonly text: string;
}

export interface Circumstances {
  readonly isOnline: boolean;
  /** `engine-error`, `computed` and `tier-error` events, the oldest first. */
  readonly events: readonly RecordedEvent[];
}

/** The events that `noticesOf` needs. */
export const noticeTypes: readonly PredictorEvent['type'][] = ['engine-error', 'computed', 'tier-error'];

/** What the reader should know about how answers are come by now: nothing as long as all is well. */
export function noticesOf({ isOnline, events }: Circumstances): readonly Notice[] {
  const deviceTrouble = troubleOf('on_device', events);
  const cloudTrouble = troubleOf('in_cloud', events);
  const diskTrouble = events.findLast(({ event }) => event.type === 'tier-error')?.event;
  const notices: Notice[] = [];
  if (!isOnline) notices.push({ id: 'offline', text: offlineText(events, deviceTrouble) });
  if (deviceTrouble !== undefined) {
    const next =
      isOnline && cloudTrouble === undefined ? 'The API answers instead.' : 'Known texts are still answered.';
    notices.push({ id: 'device', text: `This device cannot compute: ${deviceTrouble}. ${next}` });
  }
  if (cloudTrouble !== undefined && isOnline) {
    const next =
      deviceTrouble === undefined ? 'This device computes instead.' : 'Known texts are still answered.';
    notices.push({ id: 'cloud', text: `The API does not answer: ${cloudTrouble}. ${next}` });
  }
  if (diskTrouble?.type === 'tier-error') {
    notices.push({
      id: 'disk',
      text: `Storage on disk has trouble: ${diskTrouble.error.what}. Answers are kept in memory meanwhile.`,
    });
  }
  return notices;
}

/** What an engine failed of, unless it has computed something since. */
function troubleOf(source: EngineSource, events: readonly RecordedEvent[]): string | undefined {
  const last = events.findLast(
    ({ event }) => (event.type === 'engine-error' || event.type === 'computed') && event.source === source,
  )?.event;
  return last?.type === 'engine-error' ? last.error.what : undefined;
}

function offlineText(events: readonly RecordedEvent[], deviceTrouble: string | undefined): string {
  const hasComputed = events.some(({ event }) => event.type === 'computed' && event.source === 'on_device');
  const places =
    hasComputed && deviceTrouble === undefined ? 'memory, disk and this device' : 'memory and disk';
  return `Offline, answering from ${places}.`;
}
