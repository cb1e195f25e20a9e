import { patchFetch } from './patchFetch.js';

const isWasm = (url: string) => /\.wasm($|\?)/.test(url);

patchFetch((url) => {
  if (isWasm(url)) throw new TypeError('Failed to fetch');
  return undefined;
});

// The runtime falls back to a synchronous XMLHttpRequest when fetch fails.
const open = XMLHttpRequest.prototype.open as (...parameters: unknown[]) => void;
XMLHttpRequest.prototype.open = function (
  this: XMLHttpRequest,
  method: string,
  url: string | URL,
  ...rest: unknown[]
) {
  if (isWasm(String(url))) throw new DOMException('Failed to load', 'NetworkError');
  open.call(this, method, url, ...rest);
};
