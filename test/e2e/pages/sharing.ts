import type { LoadProgress, Model, Priority } from '@predcache/core';
import { onnx } from '@predcache/onnx';

const parameters = new URLSearchParams(location.search);
const size = Number(parameters.get('size') ?? 64);
const shareName = parameters.get('share');

let workersMade = 0;
const engine = onnx({
  worker: () => {
    workersMade++;
    return new Worker(new URL('./sharing.worker.ts', import.meta.url), { type: 'module' });
  },
  ...(shareName === null ? {} : { share: shareName === '' ? true : { name: shareName } }),
});

/** What came of a call: the bits of its output, or what it rejected with. */
export type Outcome = { readonly bits: string } | { readonly error: string };

interface Call {
  readonly controller: AbortController;
  readonly progress: LoadProgress[];
  readonly outcome: Promise<Outcome>;
  begun: number;
  isSettled: boolean;
}

const calls = new Map<string, Call>();
const modelAt = (url: string): Model => ({ name: 'shared', version: '1', url });

/** As many rows as asked for, different ones for each seed. */
function inputs(seed: number, rows: number) {
  return Array.from({ length: rows }, (_, row) => {
    const data = Float32Array.from({ length: size }, (_, index) => Math.sin(seed * 1000 + row * 100 + index));
    return { x: { type: 'float32', dims: [1, size], data } } as const;
  });
}

function bitsOf(outputs: readonly unknown[]): string {
  return outputs
    .map((output) => {
      const { data } = (output as { y: { data: Float32Array } }).y;
      return [...new Uint32Array(data.buffer, data.byteOffset, data.length)]
        .map((word) => word.toString(16))
        .join(' ');
    })
    .join(' | ');
}

function begin(name: string, work: (call: Call) => Promise<string>): void {
  const call: { -readonly [Key in keyof Call]?: Call[Key] } = {
    controller: new AbortController(),
    progress: [],
    begun: 0,
    isSettled: false,
  };
  call.outcome = work(call as Call)
    .then(
      (bits) => ({ bits }),
      (error: { code?: string }) => ({ error: error?.code ?? String(error) }),
    )
    .finally(() => {
      call.isSettled = true;
    });
  calls.set(name, call as Call);
}

const offered = {
  workersMade: () => workersMade,
  ask(name: string, url: string, seed: number, rows = 1, priority: Priority = 'user'): void {
    begin(name, async (call) => {
      const { outputs } = await engine.run(inputs(seed, rows), {
        model: modelAt(url),
        signal: call.controller.signal,
        priority,
        onProgress: (progress) => call.progress.push(progress),
        onBegun: () => call.begun++,
      });
      return bitsOf(outputs);
    });
  },
  load(name: string, url: string): void {
    begin(name, async (call) => {
      const { signal } = call.controller;
      await engine.load({
        model: modelAt(url),
        signal,
        onProgress: (progress) => call.progress.push(progress),
      });
      return '';
    });
  },
  abort: (name: string) => calls.get(name)!.controller.abort('left'),
  outcome: (name: string) => calls.get(name)!.outcome,
  progress: (name: string) => calls.get(name)!.progress,
  /** How often it was said to have begun. */
  begun: (name: string) => calls.get(name)!.begun,
  isSettled: (name: string) => calls.get(name)!.isSettled,
  availability: (url: string) => engine.availability({ model: modelAt(url) }),
  /** As a browser tells a page in the background; one without a window freezes none. */
  freeze: () => void document.dispatchEvent(new Event('freeze')),
  resume: () => void document.dispatchEvent(new Event('resume')),
  dispose: () => engine.dispose(),
  /** ms that a prediction takes, of so many one after the other. */
  async timePerRun(url: string, count: number): Promise<number> {
    const batch = inputs(1, 1);
    const begunAt = performance.now();
    for (let run = 0; run < count; run++) await engine.run(batch, { model: modelAt(url) });
    return (performance.now() - begunAt) / count;
  },
};

export type SharingPage = typeof offered;
Object.assign(window, { sharingPage: offered });
