import { canonicalJson } from '@predcache/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCanonicalJson } from '../src/keys/canonicalJson.js';

/** IEEE 754 bits and their text: RFC 8785, Appendix B. */
const numbers: [bits: bigint, text: string][] = [
  [0x0000000000000000n, '0'],
  [0x8000000000000000n, '0'],
  [0x0000000000000001n, '5e-324'],
  [0x8000000000000001n, '-5e-324'],
  [0x7fefffffffffffffn, '1.7976931348623157e+308'],
  [0x4340000000000000n, '9007199254740992'],
  [0xc340000000000000n, '-9007199254740992'],
  [0x4430000000000000n, '295147905179352830000'],
  [0x44b52d02c7e14af5n, '9.999999999999997e+22'],
  [0x44b52d02c7e14af6n, '1e+23'],
  [0x444b1ae4d6e2ef4en, '999999999999999700000'],
  [0x444b1ae4d6e2ef50n, '1e+21'],
  [0x3eb0c6f7a0b5ed8dn, '0.000001'],
  [0x41b3de4355555553n, '333333333.3333332'],
  [0xbecbf647612f3696n, '-0.0000033333333333333333'],
  [0x43143ff3c1cb0959n, '1424953923781206.2'],
];

describe('canonicalJson', () => {
  it('writes numbers as RFC 8785, Appendix B', () => {
    for (const [bits, text] of numbers) {
      expect(canonicalJson(new Float64Array(BigUint64Array.of(bits).buffer)[0])).toBe(text);
    }
  });

  it('sorts members by UTF-16 code units, as RFC 8785 §3.2.3', () => {
    const names = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalJson(names)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('writes literals and strings as RFC 8785 §3.2.2', () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3],
      string: '€$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('leaves out undefined members, and takes objects without a prototype', () => {
    expect(canonicalJson(Object.assign(Object.create(null), { b: undefined, a: 1 }))).toBe('{"a":1}');
  });

  it('gives back an equal value, and the same text for it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        expect(parseCanonicalJson(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(parseCanonicalJson(text))).toBe(text);
      }),
    );
  });

  it('refuses what is not JSON, and says where it stands', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const bad: [unknown, string][] = [
      [{ a: [1, Number.NaN] }, '$.a[1]'],
      [Number.POSITIVE_INFINITY, '$'],
      [{ when: new Date(0) }, '$.when'],
      [[1n], '$[0]'],
      [[undefined], '$[0]'],
      [{ f: () => 1 }, '$.f'],
      [{ data: new Float32Array(2) }, '$.data'],
      [new Map(), '$'],
      ['\ud800', '$'],
      [{ '\udc00': 1 }, '$'],
      [Symbol('s'), '$'],
    ];
    for (const [value, path] of bad) {
      expect(() => canonicalJson(value)).toThrow(
        expect.objectContaining({ code: 'INPUT_NOT_JSON', where: `JSON value at ${path}` }),
      );
    }
    expect(() => canonicalJson(cycle)).toThrow(expect.objectContaining({ code: 'INPUT_NOT_JSON' }));
  });
});
