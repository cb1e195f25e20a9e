import { Load } from './load.js';
import type { FromWorker, ToWorker } from './workerMessages.js';

// The DOM library types the global scope of a page.
const scope = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
};

let load: Load | undefined;
let granted: ((from: number) => void) | undefined;

scope.onmessage = async ({ data }) => {
  if (data.type === 'granted') granted?.(data.from);
  if (data.type === 'start') {
    load = new Load(data.settings, {
      tell: (message) => scope.postMessage(message),
      grant: () =>
        new Promise((resolve) => {
          granted = resolve;
          scope.postMessage({ type: 'grant' });
        }),
    });
  }
  if (data.type === 'end' && load !== undefined)
    scope.postMessage({ type: 'ended', progress: await load.end() });
};
