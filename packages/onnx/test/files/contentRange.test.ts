import { describe, expect, it } from 'vitest';
import { parseContentRange } from '../../src/files/download/contentRange.js';

describe('parseContentRange', () => {
  it.each([
    ['bytes 0-0/1', { start: 0, end: 0, size: 1 }],
    ['bytes 4194304-9999999/10000000', { start: 4194304, end: 9999999, size: 10_000_000 }],
    [' bytes 5-9/* ', { start: 5, end: 9, size: undefined }],
  ])('reads %j', (header, range) => {
    expect(parseContentRange(header)).toEqual(range);
  });

  it.each([
    null,
    '',
    'bytes',
    'bytes */10',
    'bytes 5-4/10',
    'bytes 5-10/10',
    'bytes 1-2/3, 4-5/6',
    'items 0-1/2',
    'bytes -5/10',
  ])('takes %j for no range', (header) => {
    expect(parseContentRange(header)).toBeUndefined();
  });
});
