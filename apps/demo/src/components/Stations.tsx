import './Stations.css';
import type { Answer } from '../dashboard/answers.js';
import { type DashboardStats, type StationName, stations } from '../dashboard/combineStats.js';
import { formatCount, formatDuration } from '../dashboard/format.js';

const names: Readonly<Record<StationName, { readonly name: string; readonly kind: string }>> = {
  memory: { name: 'Memory', kind: 'hit' },
  indexeddb: { name: 'IndexedDB', kind: 'hit' },
  on_device: { name: 'Device', kind: 'miss' },
  in_cloud: { name: 'Cloud', kind: 'miss' },
};

export interface StationsProps {
  readonly bySource: DashboardStats['bySource'];
  /** The station that gave it is lit. */
  readonly latest: Answer | undefined;
}

/** The places that answer, in the order in which they are asked. */
export function Stations({ bySource, latest }: StationsProps) {
  return (
    <ol className="stations" aria-label="Answers by source, in the order in which sources are asked">
      {stations.map((station) => {
        const { answers, latency } = bySource[station];
        const { name, kind } = names[station];
        return (
          <li
            key={station}
            className={`station tone-${station}`}
            data-testid={`answers-${station}`}
            data-lit={latest?.source === station || undefined}
          >
            <span className="station-name">{name}</span>
            <span className="station-count">{formatCount(answers)}</span>
            <span className="station-latency">{formatDuration(latency)}</span>
            <span className="visually-hidden">{kind}</span>
          </li>
        );
      })}
    </ol>
  );
}
