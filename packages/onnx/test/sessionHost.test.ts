import type { LoadProgress, Tensors } from '@predcache/core';
import fc from 'fast-check';
import type { InferenceSession } from 'onnxruntime-web';
import * as realOrt from 'onnxruntime-web';
import { describe, expect, it, vi } from 'vitest';
import { ProgressReporter } from '../src/session/loadProgress.js';
import { type OrtModule, Runtime } from '../src/session/runtime.js';
import { leavesRuntimeBroken } from '../src/session/runtimeErrors.js';
import { SessionHost } from '../src/session/sessionHost.js';
import { vector } from './support/engineModels.js';
import { failure } from './support/failure.js';
import { scaleModel } from './support/testModels.js';

const model = { name: 'm', version: '1', url: '/m.onnx' };
const settings = { modelCache: false } as const;
const argument = { model, settings };
const bytes = scaleModel(2) as Uint8Array<ArrayBuffer>;

/** The real runtime, except for what a test makes of its sessions. */
function runtimeWith(
  create: (bytes: Uint8Array, real: typeof realOrt.InferenceSession) => Promise<unknown>,
): OrtModule {
  const InferenceSession = {
    create: (file: Uint8Array) => create(file, realOrt.InferenceSession),
  } as unknown as InferenceSession;
  return { ...realOrt, InferenceSession } as unknown as OrtModule;
}

function sessionWith(session: InferenceSession, overrides: object): object {
  return {
    inputMetadata: session.inputMetadata,
    outputMetadata: session.outputMetadata,
    run: session.run.bind(session),
    release: session.release.bind(session),
    ...overrides,
  };
}

function host(ort: OrtModule, options: Partial<ConstructorParameters<typeof SessionHost>[0]> = {}) {
  const readModel = vi.fn(async () => ({ model: bytes, externalData: [] }));
  const runtime = new Runtime(async () => ort);
  return { readModel, host: new SessionHost({ runtime, readModel, ...options }) };
}

describe('a runtime that crashes', () => {
  const trap = () => {
    throw new WebAssembly.RuntimeError('memory access out of bounds');
  };

  it('in a run: that run fails, is known to leave it broken, and nothing runs there any more', async () => {
    const ort = runtimeWith(async (file, real) => {
      const session = await real.create(file);
      return sessionWith(session, {
        run: trap,
      });
    });
    const { host: sessions } = host(ort);
    await sessions.load(argument);
    const error = await failure(sessions.run({ ...argument, batch: [vector(1)] }));
    expect(error).toMatchObject({ code: 'ENGINE_FAILED', cause: { message: 'memory access out of bounds' } });
    expect(leavesRuntimeBroken(error)).toBe(true);
    expect(await failure(sessions.load({ model: { ...model, name: 'other' }, settings }))).toMatchObject({
      code: 'RUNTIME_UNAVAILABLE',
    });
  });

  it('while a session is built: the load fails and it is known to be broken', async () => {
    let built = 0;
    const ort = runtimeWith(async (file, real) => (built++ === 0 ? real.create(file) : trap()));
    const error = await failure(host(ort).host.load(argument));
    expect(error).toMatchObject({ code: 'ENGINE_FAILED' });
    expect(leavesRuntimeBroken(error)).toBe(true);
  });
});

describe('a runtime that does not start', () => {
  it('fails the load without waiting for the download, and ends that', async () => {
    let download: AbortSignal | undefined;
    const ort = runtimeWith(() => Promise.reject(new Error('no available backend found. ERR: [wasm]')));
    const { host: sessions } = host(ort, {
      readModel: (_model, { signal }) => {
        download = signal;
        return new Promise(() => {});
      },
    });
    const error = await failure(sessions.load(argument));
    expect(error).toMatchObject({ code: 'RUNTIME_UNAVAILABLE' });
    expect(leavesRuntimeBroken(error)).toBe(true);
    expect(download?.aborted).toBe(true);
  });

  it('does not keep a load waiting for ever', async () => {
    const ort = runtimeWith(() => new Promise(() => {}));
    const error = await failure(host(ort, { runtimeTimeout: 20 }).host.load(argument));
    expect(error).toMatchObject({ code: 'RUNTIME_UNAVAILABLE', details: { timeout: 20 } });
  });

  it.each([
    ['CompileError: expected magic word 00 61 73 6d, found 3c 21 64 6f', /answer the \.wasm file itself/],
    ["violates the following Content Security policy directive: script-src 'self'", /wasm-unsafe-eval/],
    ['LinkError: import #1 module="a" function import requires a callable', /same onnxruntime-web version/],
    ['WebAssembly SIMD is not supported in the current environment.', /too old/],
    ['RangeError: Out of memory: Cannot allocate Wasm memory', /memory/],
    ['something else', /can be fetched/],
  ])('says what to do about "%s"', async (message, hint) => {
    const error = await failure(
      host(runtimeWith(() => Promise.reject(new Error(message)))).host.load(argument),
    );
    expect((error as Error & { hint: string }).hint).toMatch(hint);
    expect(error.message).toContain(message.replace(/\.$/, ''));
  });
});

describe('runs of one session', () => {
  it('never overlap, and the queue outlives failures', async () => {
    let running = 0;
    let most = 0;
    const ort = runtimeWith(async (file, real) => {
      const session = await real.create(file);
      return sessionWith(session, {
        async run(feeds: Record<string, realOrt.Tensor>) {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          if ((feeds.x!.data as Float32Array)[0] === 3)
            throw new Error('failed to call OrtRun(). ERROR_CODE: 1');
          return session.run(feeds);
        },
      });
    });
    const { host: sessions, readModel } = host(ort);
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((value) => sessions.run({ ...argument, batch: [vector(value), vector(value)] })),
    );
    expect(most).toBe(1);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    const last = outcomes[4]!;
    expect(last.status === 'fulfilled' && (last.value.outputs[1] as Tensors).y!.data).toEqual(
      Float32Array.of(10),
    );
    expect(readModel).toHaveBeenCalledTimes(1);
  });

  it('finish before the session is released', async () => {
    const steps: string[] = [];
    const ort = runtimeWith(async (file, real) => {
      const session = await real.create(file);
      return sessionWith(session, {
        async run(feeds: Record<string, realOrt.Tensor>) {
          steps.push('begin');
          await new Promise((resolve) => setImmediate(resolve));
          const result = await session.run(feeds);
          steps.push('end');
          return result;
        },
        async release() {
          steps.push('release');
          await session.release();
        },
      });
    });
    const { host: sessions } = host(ort);
    await sessions.load(argument);
    steps.length = 0;
    const run = sessions.run({ ...argument, batch: [vector(1)] });
    // The session is looked up in a turn of its own.
    await Promise.resolve();
    await Promise.all([run, sessions.dispose('over')]);
    expect(steps).toEqual(['begin', 'end', 'release']);
  });
});

describe('a model of no use', () => {
  it('is given back while nothing else uses the runtime', async () => {
    let using = 0;
    const overlaps: string[] = [];
    const alone = async <T>(what: string, task: () => Promise<T>): Promise<T> => {
      using += 1;
      if (using > 1) overlaps.push(what);
      await new Promise((resolve) => setImmediate(resolve));
      const result = await task();
      using -= 1;
      return result;
    };
    let built = 0;
    const ort = runtimeWith(async (file, real) => {
      const session = await real.create(file);
      // The first one starts the runtime, the second one is the good model's.
      const unusable = { name: 'y', isTensor: false };
      return sessionWith(session, {
        ...(++built > 2 ? { outputMetadata: [unusable] } : {}),
        run: (feeds: Record<string, realOrt.Tensor>) => alone('run', () => session.run(feeds)),
        release: () => alone('release', () => session.release()),
      });
    });
    const { host: sessions } = host(ort);
    await sessions.load(argument);
    const refused = failure(sessions.load({ ...argument, model: { ...model, name: 'other' } }));
    const runs = [1, 2, 3].map((value) => sessions.run({ ...argument, batch: [vector(value)] }));
    expect(await refused).toMatchObject({ code: 'MODEL_INVALID' });
    await Promise.all(runs);
    expect(overlaps).toEqual([]);
  });
});

describe('ProgressReporter', () => {
  it('never lets the ratio fall or leave 0 to 1', () => {
    const step = fc.oneof(
      fc.tuple(fc.nat(), fc.option(fc.nat(), { nil: undefined })),
      fc.constantFrom('runtime', 'session', 'ready'),
    );
    fc.assert(
      fc.property(fc.array(step), (sequence) => {
        const seen: LoadProgress[] = [];
        const reporter = new ProgressReporter((progress) => seen.push(progress));
        for (const one of sequence) {
          if (one === 'runtime') reporter.runtime();
          else if (one === 'session') reporter.session(10);
          else if (one === 'ready') reporter.ready();
          else reporter.download(...(one as [number, number | undefined]));
        }
        for (const [index, { ratio }] of seen.entries()) {
          expect(ratio).toBeGreaterThanOrEqual(seen[index - 1]?.ratio ?? 0);
          expect(ratio).toBeLessThanOrEqual(1);
        }
        expect(reporter.last.ratio).toBe(seen.at(-1)?.ratio ?? 0);
      }),
    );
  });
});
