import type { Line } from '../inputs/lines.js';

/** As many as the engine takes at once. */
const mostLines = 64;
/** Bytes of lines that are in memory at once, unless one alone has more. */
const mostBytes = 2 ** 24;

/** ms: longer than this, and a kill would lose too much that was computed, or the numbers shown would stand still. */
const longest = 1_000;
/** ms: as short as this, and more lines at once cost nothing. */
const shortest = 250;

/**
 * Lines in groups, the next one of which is asked for when the last one is done with: groups that took long are followed
 * by smaller ones, and the other way round.
 */
export async function* windowsOf(
  lines: AsyncIterable<Line>,
  now: () => number = () => performance.now(),
): AsyncGenerator<readonly Line[], void, undefined> {
  let limit = 8;
  let window: Line[] = [];
  let bytes = 0;
  for await (const line of lines) {
    window.push(line);
    bytes += line.bytes.length;
    if (window.length < limit && bytes < mostBytes) continue;
    const began = now();
    yield window;
    const took = now() - began;
    if (took < shortest) limit = Math.min(mostLines, limit * 2);
    if (took > longest) limit = Math.max(1, Math.floor(limit / 2));
    window = [];
    bytes = 0;
  }
  if (window.length > 0) yield window;
}
