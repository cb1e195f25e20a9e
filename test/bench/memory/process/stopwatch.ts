/**
 * The ns that something takes: by the clock, or by the processor's time where that is less. The clock goes on while other
 * programs have the processor; and the processor's time counts what the collector does beside it on other cores.
 */
export function nanosecondsOf(body: () => void): number {
  const processor = process.cpuUsage();
  const started = performance.now();
  body();
  const microseconds = (performance.now() - started) * 1000;
  const { user, system } = process.cpuUsage(processor);
  return Math.min(microseconds, user + system) * 1000;
}
