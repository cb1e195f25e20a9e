import '@predcache/onnx/worker';

/** Ends itself on its first call, which raises no event on the page. */
globalThis.addEventListener('message', ({ data }) => {
  if (data?.type === 'APPLY') globalThis.close();
});
