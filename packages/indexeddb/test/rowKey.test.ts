import { bytesToHex } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { digestBytes, isDigest, rowKeyOf } from '../src/rowKey.js';

const hex = (key: Uint32Array<ArrayBuffer>) => bytesToHex(new Uint8Array(key.buffer));
const ascii = (text: string) => new TextEncoder().encode(text);

describe('row keys', () => {
  it('are the digest itself', () => {
    const digest = '00ff0123456789abcdef0123456789abcdeffedcba9876543210fedcba987654';
    expect(isDigest(digest)).toBe(true);
    expect(hex(rowKeyOf(digest))).toBe(digest);
    expect(bytesToHex(digestBytes(digest))).toBe(digest);
  });

  it.each(['', 'short', 'A'.repeat(64), 'g'.repeat(64), '0'.repeat(65), 'é𝄞'])(
    'or the SHA-256 of %s',
    async (text) => {
      expect(isDigest(text)).toBe(false);
      const expected = new Uint8Array(await crypto.subtle.digest('SHA-256', ascii(text)));
      expect(hex(rowKeyOf(text))).toBe(bytesToHex(expected));
    },
  );

  // https://www.rfc-editor.org/rfc/rfc4231, test cases 1, 2, 6 and 7: those whose data is text.
  it.each([
    [
      new Uint8Array(20).fill(0x0b),
      'Hi There',
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      ascii('Jefe'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      new Uint8Array(131).fill(0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
    [
      new Uint8Array(131).fill(0xaa),
      'This is a test using a larger than block-size key and a larger than block-size data. ' +
        'The key needs to be hashed before being used by the HMAC algorithm.',
      '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
    ],
  ])('or, with a secret, its HMAC-SHA-256', (secret, text, expected) => {
    expect(hex(rowKeyOf(text, secret))).toBe(expected);
  });
});
