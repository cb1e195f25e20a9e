import '@predcache/onnx/worker';

/** What this worker does on demand: never come back, or find no more memory, as on a device that has none left. */
export type WorkerFault = { readonly fault: 'hang' | 'memory' };

globalThis.addEventListener('message', ({ data }: MessageEvent<Partial<WorkerFault>>) => {
  if (data?.fault === 'hang') for (;;) Math.random();
  if (data?.fault === 'memory') {
    WebAssembly.Memory.prototype.grow = () => {
      throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    };
  }
});
