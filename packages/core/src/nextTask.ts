/**
 * Settles in a task of its own, after what waits to be done already, such as messages that came. Long
 * work gives way to others with it. Sooner than a timer, which browsers hold back for 4 ms when nested and for a second in
 * hidden pages. Not `scheduler.yield`, after which the caller would go on before all that others have asked for.
 *
 * @example
 * for (const part of parts) {
 *   work(part);
 *   await nextTask();
 * }
 */
export function nextTask(): Promise<void> {
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
