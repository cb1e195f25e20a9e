/** The promise's own outcome, or the timeout's error when that takes longer than `timeout` ms. */
export async function withTimeout<T>(
  promise: Promise<T>,
  timeout: number,
  error: (timeout: number) => Error,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(error(timeout)), timeout);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
