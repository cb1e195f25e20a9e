import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatShare } from '../src/dashboard/format.js';

test.each([
  [undefined, '–'],
  [0, '0 ms'],
  [0.001, '< 0.01 ms'],
  [0.0123, '0.01 ms'],
  [0.5, '0.50 ms'],
  [1.26, '1.3 ms'],
  [9.96, '10.0 ms'],
  [12.4, '12 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [1340, '1.3 s'],
  [99_949, '99.9 s'],
  [99_951, '100 s'],
  [105_000, '105 s'],
  [599_499, '599 s'],
  [599_501, '10 min'],
  [750_000, '13 min'],
])('a duration of %s ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test.each([
  [undefined, '–'],
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [26_400, '26.4 kB'],
  [150_000, '150 kB'],
  [999_949, '1000 kB'],
  [999_950, '1.0 MB'],
  [64e6, '64.0 MB'],
])('%s bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0, '0 %'],
  [0.374, '37 %'],
  [0.999, '99 %'],
  [1, '100 %'],
])('a share of %s is %s', (share, text) => expect(formatShare(share)).toBe(text));

test('counts are grouped', () => expect(formatCount(12_345)).toBe('12,345'));
