import './dropLocks.js';
import '@predcache/onnx/worker';

/** Never comes back from its first call, and holds no lock either. */
globalThis.addEventListener('message', ({ data }) => {
  if (data?.type !== 'APPLY') return;
  for (;;) Math.random();
});
