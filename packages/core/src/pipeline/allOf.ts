/** What a function comes to for each of some inputs, in order, with a limited number of them under way. */
export async function allOf<Input, Result>(
  inputs: readonly Input[],
  limit: number,
  compute: (input: Input) => Promise<Result>,
): Promise<Result[]> {
  if (inputs.length <= limit) return Promise.all(inputs.map(compute));
  const results: Result[] = [];
  let next = limit;
  let hasFailed = false;
  const follow = async (first: number): Promise<void> => {
    for (let at = first; at < inputs.length && !hasFailed; at = next++) {
      try {
        results[at] = await compute(inputs[at]!);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(inputs.slice(0, limit).map((_, first) => follow(first)));
  return results;
}
