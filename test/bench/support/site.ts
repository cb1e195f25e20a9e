import { type Site, servePages } from '../../support/servePages.js';

export type { Site };

/**
 * Builds pages as an app would be built for production, and serves them beside the models.
 *
 * @param name The suite's: what it builds is kept apart from what others do.
 * @param pages Paths below `test/bench`, which they have on the site as well.
 */
export function serveSite(name: string, pages: readonly string[]): Promise<Site> {
  return servePages({ source: 'test/bench', pages, outDir: `.cache/bench/${name}` });
}
