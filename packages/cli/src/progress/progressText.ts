import type { WarmProgress } from '../warm/warmOptions.js';
import type { Pace } from './pace.js';

const barWidth = 24;

/** For instance `[######------------------] 25 %  1,234 inputs  310/s  12 s left`; what is not known is left out. */
export function progressText(
  { inputs, bytes, totalBytes }: WarmProgress,
  pace: Pace,
  withBar: boolean,
): string {
  const parts: string[] = [];
  if (totalBytes !== undefined && totalBytes > 0) {
    const ratio = Math.min(1, bytes / totalBytes);
    const percent = `${Math.floor(ratio * 100)} %`;
    parts.push(withBar ? `${bar(ratio)} ${percent}` : percent);
  }
  parts.push(quantity(inputs, 'input'));
  if (pace.rate !== undefined) parts.push(`${counted(pace.rate)}/s`);
  const left = totalBytes === undefined ? undefined : pace.secondsUntil(totalBytes);
  if (left !== undefined) parts.push(`${duration(left)} left`);
  return parts.join('  ');
}

/** A whole number with commas; small ones that are not whole with a digit behind the point. */
export function counted(number: number): string {
  return number.toLocaleString('en', { maximumFractionDigits: number < 10 ? 1 : 0 });
}

/** For instance `1 input`, `1,234 inputs`. */
export function quantity(number: number, what: string): string {
  return `${counted(number)} ${what}${number === 1 ? '' : 's'}`;
}

/** For instance `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

/** For instance `512 B`, `1.4 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1_000;
  return `${counted(value)} ${units[unit]}`;
}

function bar(ratio: number): string {
  const full = Math.floor(ratio * barWidth);
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`;
}
