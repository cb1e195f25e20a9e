/**
 * A mark says how far a tier knew the deletions: the sequence of the last record of the journal that it has seen. One
 * that has seen none yet, because the database is being opened or is empty, says by a negative number what time it is.
 */
export type Mark = number;

/** ms from 1970 to 2109: below it, times are negative, and as exact as sequences are. */
const beforeEveryTime = 2 ** 42;
/** Clocks of browsers do not show every ms, and not all tabs the same one. */
export const clockTolerance = 100;

export function markOfTime(time: number): Mark {
  return time - beforeEveryTime;
}

/** ms since the epoch; `undefined` for a mark that is a sequence. */
export function timeOfMark(mark: Mark): number | undefined {
  return mark < 0 ? mark + beforeEveryTime : undefined;
}
