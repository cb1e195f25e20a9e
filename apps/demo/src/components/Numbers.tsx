import './Numbers.css';
import type { DashboardStats } from '../dashboard/combineStats.js';
import { formatBytes, formatCount, formatDuration } from '../dashboard/format.js';

/** The totals. */
export function Numbers({ stats }: { stats: DashboardStats }) {
  const numbers = [
    { id: 'requests', name: 'Requests', value: formatCount(stats.requests) },
    { id: 'hits', name: 'Hits', value: formatCount(stats.hits) },
    { id: 'misses', name: 'Misses', value: formatCount(stats.misses) },
    { id: 'collapsed', name: 'Shared', value: formatCount(stats.collapsed) },
    { id: 'aborted', name: 'Aborted', value: formatCount(stats.aborted) },
    { id: 'time-saved', name: 'Time saved', value: formatDuration(stats.timeSaved) },
    { id: 'memory-bytes', name: 'In memory', value: formatBytes(stats.memoryBytes) },
    { id: 'disk-bytes', name: 'On disk', value: formatBytes(stats.diskBytes) },
    { id: 'failures', name: 'Failures', value: formatCount(stats.failures) },
  ];
  return (
    <dl className="numbers">
      {numbers.map(({ id, name, value }) => (
        <div key={id}>
          <dt>{name}</dt>
          <dd data-testid={id}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
