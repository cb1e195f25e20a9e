/**
 * Draws ranks from 0 to `ranks` − 1, rank r in proportion to 1 / (r + 1) ^ `exponent`, exactly: by looking up, in the
 * running sums of the weights, where a random number falls.
 *
 * @param random gives numbers from 0 to below 1
 */
export function zipf(ranks: number, exponent: number, random: () => number): () => number {
  const sums = new Float64Array(ranks);
  let sum = 0;
  for (let rank = 0; rank < ranks; rank++) {
    sum += (rank + 1) ** -exponent;
    sums[rank] = sum;
  }
  return () => {
    const point = random() * sum;
    let low = 0;
    let high = ranks - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > point) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
