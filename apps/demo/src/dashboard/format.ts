const missing = '–';

/** A duration: `0.04 ms`, `12 ms`, `1.3 s`, `130 s`, `12 min`. */
export function formatDuration(ms: number | undefined): string {
  if (ms === undefined) return missing;
  if (ms === 0) return '0 ms';
  if (ms < 0.005) return '< 0.01 ms';
  if (ms < 10) return `${round(ms, ms < 1 ? 2 : 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 99_950) return `${round(ms / 1000, 1)} s`;
  // Seconds until a rounded minute is off by no more than one in twenty.
  if (ms < 599_500) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** A size: `512 B`, `3.4 kB`, `12 MB`. Decimal, as the bounds are. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return missing;
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const [scaled, unit] = bytes < 999_950 ? [bytes / 1000, 'kB'] : [bytes / 1e6, 'MB'];
  return `${round(scaled, scaled < 99.95 ? 1 : 0)} ${unit}`;
}

/** A share of 1: `0 %`, `37 %`; never 100 % while there is something left. */
export function formatShare(share: number): string {
  const percent = share > 0.99 && share < 1 ? 99 : Math.round(share * 100);
  return `${percent} %`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-GB');
}

function round(value: number, digits: number): string {
  return value.toFixed(digits);
}
