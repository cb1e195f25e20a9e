declare global {
  interface Window {
    /** Set by the page's first script, before any module has been fetched. */
    scriptStarted: number;
  }
}

/** Hands the suite when the answer was there, in ms since navigation and since the first script. */
export function measured(source: string, answered: number): void {
  Object.assign(window, {
    measured: { source, sinceNavigation: answered, sinceScript: answered - window.scriptStarted },
  });
}
