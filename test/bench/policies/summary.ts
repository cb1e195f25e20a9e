import type { Cell } from './cells.js';
import type { Contestant } from './contestants.js';

/** A contestant over all cells, in percent and percentage points. */
export interface Summary {
  readonly mean: number;
  readonly meanVsLru: number;
  /** In the cell where it does worst against LRU. */
  readonly worstVsLru: number;
}

export function summaryOf(contestant: Contestant, cells: readonly Cell[]): Summary {
  const ratios = cells.map(({ hitRatios }) => hitRatios[contestant]);
  const differences = cells.map(({ hitRatios }) => hitRatios[contestant] - hitRatios.lru);
  return {
    mean: meanOf(ratios),
    meanVsLru: meanOf(differences),
    worstVsLru: differences.reduce((worst, difference) => Math.min(worst, difference), Infinity),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
