import { describe, expect, it } from 'vitest';
import { ifChanged, ifRange, isSameEdition, type Validators } from '../../src/files/download/validators.js';

const monday = 'Mon, 02 Jan 2026 10:00:00 GMT';
const tuesday = 'Tue, 03 Jan 2026 10:00:00 GMT';

describe('validators', () => {
  it.each<[Validators, Validators, boolean]>([
    [{ etag: '"a"' }, { etag: '"a"' }, true],
    [{ etag: '"a"' }, { etag: 'W/"a"' }, true],
    [{ etag: '"a"' }, { etag: '"b"' }, false],
    [{ etag: '"a"', lastModified: monday }, { etag: '"b"', lastModified: monday }, false],
    [{ etag: '"a"', lastModified: monday }, { etag: '"a"', lastModified: tuesday }, true],
    [{ etag: '"a"', lastModified: monday }, { lastModified: monday }, true],
    [{ lastModified: monday }, { lastModified: tuesday }, false],
    [{ etag: '"a"' }, { lastModified: monday }, false],
    [{ etag: '"a"' }, {}, false],
    [{}, {}, false],
  ])('of %j and %j belong together: %s', (known, now, expected) => {
    expect(isSameEdition(known, now)).toBe(expected);
    expect(isSameEdition(now, known)).toBe(expected);
  });

  it('make a condition for the rest of a file of what is strong enough', () => {
    expect(ifRange({ etag: '"a"', lastModified: monday })).toBe('"a"');
    expect(ifRange({ etag: 'W/"a"', lastModified: monday })).toBe(monday);
    expect(ifRange({ etag: 'W/"a"' })).toBeUndefined();
    expect(ifRange({})).toBeUndefined();
  });

  it('make a condition for a changed file of all there is', () => {
    expect(ifChanged({ etag: 'W/"a"', lastModified: monday })).toEqual({
      'if-none-match': 'W/"a"',
      'if-modified-since': monday,
    });
    expect(ifChanged({})).toEqual({});
  });
});
