/** Why a run ended early: somebody asked for it. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  constructor(signal: NodeJS.Signals) {
    super(`Interrupted by ${signal}`);
  }
}

/** A signal that aborts on Ctrl-C and on the request to terminate. A second one ends the process as it would without us. */
export function stopSignal(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    release();
    controller.abort(new Interruption(signal));
  };
  const release = () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  return { signal: controller.signal, release };
}
