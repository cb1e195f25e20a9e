import { patchFetch } from './patchFetch.js';

patchFetch((url) => {
  globalThis.postMessage({ fetched: url });
  return undefined;
});
