/** Lets the page do what waits to be done, then goes on: a task of its own, without the delay that timers have. */
export function pauseForOthers(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  if (scheduler?.yield !== undefined) return scheduler.yield();
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      // An open port would keep a process of Node from ending.
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
