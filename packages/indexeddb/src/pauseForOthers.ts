/**
 * Lets the page do what waits to be done, then goes on: a task of its own, without the delay that timers have. Not
 * `scheduler.yield`, after which this would go on before all that others have asked for.
 */
export function pauseForOthers(): Promise<void> {
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
