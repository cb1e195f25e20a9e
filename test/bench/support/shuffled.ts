/**
 * The whole numbers from `first` to below `end` in random order: R. Durstenfeld's form of Fisher and Yates' shuffle.
 *
 * @param random gives numbers from 0 to below 1
 */
export function shuffled(first: number, end: number, random: () => number): Uint32Array {
  const numbers = Uint32Array.from({ length: end - first }, (_, at) => first + at);
  for (let left = numbers.length; left > 1; left--) {
    const at = Math.floor(random() * left);
    const last = numbers[left - 1]!;
    numbers[left - 1] = numbers[at]!;
    numbers[at] = last;
  }
  return numbers;
}
