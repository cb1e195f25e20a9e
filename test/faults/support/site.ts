import { type Site, servePages } from '../../support/servePages.js';

/** @param name Whose: what is built is kept apart from what others build. */
export function serveFaultsSite(name: string): Promise<Site> {
  return servePages({
    source: 'test/faults/page',
    pages: ['tab.html', 'writeBack.html', 'engine.html'],
    outDir: `.cache/${name}`,
  });
}
