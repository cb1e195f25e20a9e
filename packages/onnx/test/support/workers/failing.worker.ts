import '@predcache/onnx/worker';

/** Throws where nobody catches, as other code in the app's worker file may. */
globalThis.addEventListener('message', ({ data }) => {
  if (data?.type === 'APPLY') throw new Error('uncaught on purpose');
});
