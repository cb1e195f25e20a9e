import type { InferenceSession } from 'onnxruntime-web';
import * as web from 'onnxruntime-web';
import { native } from '../../src/backends/native.js';
import { createSession } from '../../src/session/createSession.js';
import type { ModelSession } from '../../src/session/modelSession.js';
import { type OrtModule, Runtime } from '../../src/session/runtime.js';
import type { OutsideModel } from './outsideModels.js';

export interface WatchedSession {
  readonly session: ModelSession;
  /** Rows of the first input in each run of the runtime, in order. */
  readonly runs: number[];
}

/** Who wants to know of the runs of a session, by the bytes it is built from. */
const watchers = new WeakMap<Uint8Array, number[]>();
const runtimes = new Map<string, Promise<OrtModule>>();

/** A session of a real runtime in this process, of which the test sees the runs. */
export async function watchedSession(
  bytes: Uint8Array,
  {
    externalData = [],
    runtime: kind = 'web',
  }: { readonly externalData?: OutsideModel['externalData']; readonly runtime?: 'web' | 'native' } = {},
): Promise<WatchedSession> {
  const runs: number[] = [];
  const model = Uint8Array.from(bytes);
  watchers.set(model, runs);
  const ort = runtimes.get(kind) ?? watchedRuntime(kind);
  runtimes.set(kind, ort);
  const runtime = new Runtime(() => ort, ...(kind === 'web' ? [] : [native]));
  const started = await runtime.start();
  const files = {
    model,
    externalData: externalData.map(({ path, data }) => ({ path, data: data as Uint8Array<ArrayBuffer> })),
  };
  const session = await createSession(started, runtime, files, { name: 'test', version: '1', url: '' });
  return { session, runs };
}

async function watchedRuntime(kind: 'web' | 'native'): Promise<OrtModule> {
  const real = (kind === 'web' ? web : await import('onnxruntime-node')) as unknown as OrtModule;
  const InferenceSession = { create: watched(real.InferenceSession) };
  return { ...real, InferenceSession } as unknown as OrtModule;
}

function watched(real: OrtModule['InferenceSession']) {
  return async (bytes: Uint8Array, options: InferenceSession.SessionOptions) => {
    const session: InferenceSession = await real.create(bytes, options);
    const run = session.run.bind(session) as (feeds: InferenceSession.FeedsType) => Promise<unknown>;
    Object.assign(session, {
      run: (feeds: InferenceSession.FeedsType) => {
        watchers.get(bytes)?.push(Object.values(feeds)[0]?.dims[0] ?? 0);
        return run(feeds);
      },
    });
    return session;
  };
}
