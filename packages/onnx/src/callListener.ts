/** Calls a listener of the app's; what it throws is reported, and stops nothing of ours. */
export function callListener<T>(listener: ((value: T) => void) | undefined, value: T): void {
  try {
    listener?.(value);
  } catch (error) {
    // Node has no reportError, and an uncaught exception there would end the process.
    if (typeof reportError === 'function') reportError(error);
    else console.error(error);
  }
}
