import { patchFetch } from './patchFetch.js';

patchFetch((url) =>
  /\.wasm($|\?)/.test(url)
    ? new Response('<!doctype html><title>app</title>', { headers: { 'content-type': 'text/html' } })
    : undefined,
);
