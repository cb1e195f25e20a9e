import type { CDPSession } from 'playwright';

/** A task of a page's main thread. */
export interface Task {
  /** ms by the clock, which also counts while another process had the processor. */
  readonly wall: number;
  /** ms of computing. */
  readonly cpu: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const categories = [
  'toplevel',
  'disabled-by-default-devtools.timeline',
  'devtools.timeline',
  'blink.user_timing',
];

/**
 * The tasks that the page's main thread runs between two of its performance marks, as Chromium itself records them.
 *
 * @param browser a session with the browser, not with the page
 */
export async function mainThreadTasks(
  browser: CDPSession,
  marks: { readonly from: string; readonly to: string },
  work: () => Promise<unknown>,
): Promise<Task[]> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: unknown[] }) => events.push(...(value as TraceEvent[]));
  browser.on('Tracing.dataCollected', collect);
  await browser.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: categories,
      recordMode: 'recordUntilFull',
      traceBufferSizeInKb: 400_000,
    },
  });
  try {
    await work();
  } finally {
    const complete = new Promise((resolve) => browser.once('Tracing.tracingComplete', resolve));
    await browser.send('Tracing.end');
    await complete;
    browser.off('Tracing.dataCollected', collect);
  }
  const begin = events.find(({ name }) => name === marks.from);
  const end = events.find(({ name }) => name === marks.to);
  if (begin === undefined || end === undefined) throw new Error('The trace does not have the marks');
  return events
    .filter(
      ({ name, ph, pid, tid, ts }) =>
        ph === 'X' &&
        /RunTask$/.test(name) &&
        pid === begin.pid &&
        tid === begin.tid &&
        ts >= begin.ts &&
        ts <= end.ts,
    )
    .map(({ dur = 0, tdur = 0 }) => ({ wall: dur / 1000, cpu: tdur / 1000 }));
}
