import { patchFetch } from './patchFetch.js';

patchFetch((url) => (url.endsWith('/never.onnx') ? new Promise(() => {}) : undefined));

import '@predcache/onnx/worker';
