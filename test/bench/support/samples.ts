/** Measurements by the name of who was measured; those at one index are of one round. */
export type Samples<Name extends string = string> = Readonly<Record<Name, number[]>>;

/** The middle of some measurements. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Half the distance between the quartiles, over the median; 0 where there is nothing but zeros. */
export function noise(values: readonly number[]): number {
  const spread = (quantile(values, 0.75) - quantile(values, 0.25)) / 2;
  return spread === 0 ? 0 : spread / Math.abs(quantile(values, 0.5));
}

/** Ratios round by round: what disturbs a round disturbs both of its sides. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, round) => value / theirs[round]!);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at % 1);
}
