import * as realOrt from 'onnxruntime-web';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseThreads } from '../src/backends/threads.js';
import { type OrtModule, Runtime } from '../src/session/runtime.js';
import { leavesRuntimeBroken } from '../src/session/runtimeErrors.js';
import { failure } from './support/failure.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('threads of the wasm runtime', () => {
  it.each([
    { isolated: false, cores: 8, wanted: undefined, threads: 1 },
    { isolated: false, cores: 8, wanted: 4, threads: 1 },
    { isolated: true, cores: 1, wanted: undefined, threads: 1 },
    { isolated: true, cores: 3, wanted: undefined, threads: 1 },
    { isolated: true, cores: 4, wanted: undefined, threads: 2 },
    { isolated: true, cores: 32, wanted: undefined, threads: 4 },
    { isolated: true, cores: 4, wanted: 3, threads: 3 },
    { isolated: true, cores: 4, wanted: 1, threads: 1 },
    { isolated: true, cores: undefined, wanted: undefined, threads: 1 },
  ])('are $threads for $wanted of $cores, isolated: $isolated', ({ isolated, cores, wanted, threads }) => {
    vi.stubGlobal('crossOriginIsolated', isolated);
    vi.stubGlobal('navigator', { hardwareConcurrency: cores });
    expect(chooseThreads(wanted)).toBe(threads);
  });

  /** A runtime of a realm of its own: what is set there is not seen by the real one. */
  function ortWhere(create: () => Promise<never>): OrtModule {
    return {
      ...realOrt,
      env: { wasm: {} },
      InferenceSession: { create },
    } as unknown as OrtModule;
  }

  it('that never get ready are told from a runtime that fails with one', async () => {
    vi.stubGlobal('crossOriginIsolated', true);
    vi.useFakeTimers();
    const starting = failure(new Runtime(async () => ortWhere(() => new Promise(() => {}))).start(3));
    await vi.advanceTimersByTimeAsync(60_000);
    const error = await starting;
    expect(error).toMatchObject({ code: 'RUNTIME_UNAVAILABLE', details: { runtime: 'broken', threads: 3 } });
    expect(leavesRuntimeBroken(error)).toBe(true);
  });

  it('that fail to start are named in the details, and one alone is not', async () => {
    vi.stubGlobal('crossOriginIsolated', true);
    const ort = () => ortWhere(() => Promise.reject(new RangeError('Out of memory')));
    expect(await failure(new Runtime(async () => ort()).start(2))).toMatchObject({
      code: 'RUNTIME_UNAVAILABLE',
      details: { runtime: 'broken', threads: 2 },
    });
    const alone = await failure(new Runtime(async () => ort()).start(1));
    expect(alone).toMatchObject({ code: 'RUNTIME_UNAVAILABLE', details: { runtime: 'broken' } });
    expect((alone as Error & { details: object }).details).not.toHaveProperty('threads');
  });
});
