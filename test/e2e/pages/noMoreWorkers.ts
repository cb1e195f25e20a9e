// A device whose memory is not enough for the threads of the runtime.
globalThis.Worker = class {
  constructor() {
    throw new RangeError('Out of memory');
  }
} as unknown as typeof Worker;

export {};
