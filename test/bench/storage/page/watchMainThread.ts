/** What happened on the main thread, in ms. */
export interface Watched {
  /** Of the tasks that the browser reports: those of 50 ms or more. 0 where there was none. */
  readonly longestTask: number;
  /** Between two runs of a task that asks to be run again at once: no other task took longer, several may share it. */
  readonly largestGap: number;
  readonly time: number;
}

/** Watches the main thread from its next quiet moment until the end is called. */
export async function watchMainThread(): Promise<{ end(): Promise<Watched> }> {
  // What the page itself has to do first does not count.
  await nextFrame();
  await nextFrame();
  const tasks: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => void tasks.push(...list.getEntries()));
  observer.observe({ type: 'longtask', buffered: true });
  const { port1, port2 } = new MessageChannel();
  const started = performance.now();
  let last = started;
  let largestGap = 0;
  port1.onmessage = () => {
    const now = performance.now();
    largestGap = Math.max(largestGap, now - last);
    last = now;
    port2.postMessage(undefined);
  };
  port2.postMessage(undefined);
  return {
    end: async () => {
      const ended = performance.now();
      largestGap = Math.max(largestGap, ended - last);
      port1.close();
      // Tasks are reported after they have ended.
      await nextFrame();
      await nextFrame();
      tasks.push(...observer.takeRecords());
      observer.disconnect();
      const seen = tasks.filter(({ startTime }) => startTime >= started && startTime <= ended);
      const longestTask = Math.max(0, ...seen.map(({ duration }) => duration));
      return { longestTask, largestGap, time: ended - started };
    },
  };
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}
