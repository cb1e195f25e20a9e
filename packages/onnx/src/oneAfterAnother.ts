/**
 * Makes a function that begins each task when those given before have ended, however they did; at once where there are
 * none, so that a task by itself is not kept waiting.
 */
export function oneAfterAnother(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> | undefined;
  return (task) => {
    const result = last === undefined ? task() : last.then(task);
    const ended = () => {
      if (last === settled) last = undefined;
    };
    const settled: Promise<unknown> = result.then(ended, ended);
    last = settled;
    return result;
  };
}
