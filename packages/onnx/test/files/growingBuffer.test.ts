import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingBuffer } from '../../src/files/growingBuffer.js';

describe('GrowingBuffer', () => {
  it('holds exactly what was appended, whatever was expected', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), fc.nat({ max: 2_000 }), (parts, expected) => {
        const buffer = new GrowingBuffer(expected);
        for (const part of parts) buffer.append(part);
        expect([...buffer.bytes()]).toEqual(parts.flatMap((part) => [...part]));
        expect(buffer.length).toBe(buffer.bytes().length);
      }),
    );
  });

  it('takes a promise that cannot be kept for none', () => {
    expect(new GrowingBuffer(Number.MAX_SAFE_INTEGER).bytes()).toHaveLength(0);
  });
});
