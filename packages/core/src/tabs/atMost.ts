/** Settles when the promise does, one way or the other, and after so many ms at the latest. Never rejects. */
export function atMost(time: number, promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    promise.then(end, end);
  });
}
