/** Resolves after the messages that are waiting have been handled; setTimeout would add 4 ms when nested. */
export function letMessagesThrough(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
