// The runtime's heap, which it never makes smaller.
const heaps: WebAssembly.Memory[] = [];
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    heaps.push(this);
  }
};

globalThis.addEventListener('message', ({ data }) => {
  if (data !== 'heap size?') return;
  globalThis.postMessage({ heapSize: heaps.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) });
});

export {};
