import { afterEach, describe, expect, it, vi } from 'vitest';
import { watchPageAbsence } from '../../src/share/pageAbsence.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A page whose events the test raises. */
function page({ prerendering = false } = {}) {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { prerendering });
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('document', document);
  const heard: string[] = [];
  const stop = watchPageAbsence({ onAway: () => heard.push('away'), onBack: () => heard.push('back') });
  const raise = (name: string) =>
    (name.startsWith('page') ? window : document).dispatchEvent(new Event(name));
  return { heard, stop, raise };
}

describe('a page', () => {
  it('is away from when it is left until it is shown, frozen in between', () => {
    const { heard, raise, stop } = page();
    raise('pageshow');
    expect(heard).toEqual([]);
    raise('pagehide');
    raise('freeze');
    expect(heard).toEqual(['away']);
    raise('resume');
    expect(heard).toEqual(['away']);
    raise('pageshow');
    expect(heard).toEqual(['away', 'back']);
    raise('freeze');
    raise('resume');
    expect(heard).toEqual(['away', 'back', 'away', 'back']);
    stop();
    raise('pagehide');
    expect(heard).toHaveLength(4);
  });

  it('is away until it is visited, when it was rendered ahead', () => {
    const { heard, raise } = page({ prerendering: true });
    expect(heard).toEqual(['away']);
    raise('prerenderingchange');
    expect(heard).toEqual(['away', 'back']);
  });
});
