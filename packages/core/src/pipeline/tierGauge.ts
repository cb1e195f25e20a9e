/**
 * Whether a tier is passed by when asking it costs more than it can be expected to save: `auto` learns it, `never` always
 * asks, `always` asks only now and then.
 */
export type TierSkipping = 'auto' | 'never' | 'always';

/** Weight of the newest observation in what is learnt: about the last 64 count. */
const weight = 1 / 64;
/** Look-ups before anything is concluded. */
const fewest = 64;
/** One key in so many is asked for whatever has been learnt, so that a change is noticed. */
const sampled = 16;

/**
 * The skip rule: learns what asking one tier costs and how often it knows the answer, of one model. Whether a key is among
 * the sampled ones depends on its digest alone, so that all requests for it are: the hit ratio among them is that of all
 * keys (spatial sampling: Waldspurger et al., "Efficient MRC Construction with SHARDS", FAST 2015).
 */
export class TierGauge {
  readonly #skipping: TierSkipping;
  #answers = 0;
  /** ms until the answer. */
  #lookUpCost = 0;
  /** Begins at one half: what nobody knows yet is asked. */
  #hitRatio = 0.5;

  constructor(skipping: TierSkipping) {
    this.#skipping = skipping;
  }

  /** @param computeCost ms that a hit would save; `undefined` while unknown, infinite where nothing could be computed */
  isWorthAsking(key: string, computeCost: number | undefined): boolean {
    if (this.#skipping === 'never' || computeCost === Number.POSITIVE_INFINITY || isSampled(key)) return true;
    if (this.#skipping === 'always') return false;
    if (computeCost === undefined || this.#answers < fewest) return true;
    return this.#hitRatio * computeCost >= this.#lookUpCost;
  }

  answered(lookUpCost: number, isHit: boolean): void {
    this.#answers++;
    const newest = Math.max(weight, 1 / this.#answers);
    this.#lookUpCost += (lookUpCost - this.#lookUpCost) * newest;
    this.#hitRatio += ((isHit ? 1 : 0) - this.#hitRatio) * weight;
  }
}

function isSampled(key: string): boolean {
  return Number.parseInt(key.slice(-2), 16) % sampled === 0;
}
