import {
  type Availability,
  createPredictor,
  type Engine,
  type EngineResult,
  type ErrorCode,
  PredcacheError,
  type PredictorEvent,
  type PredictorOptions,
} from '@predcache/core';
import { engineOf } from './doubles.js';

/** One of two engines: what it does is the test's to say, and it remembers what it was asked. */
export class ScriptedEngine {
  readonly engine: Engine;
  readonly asked: unknown[] = [];
  state: Availability['state'] = 'available';
  loads = 0;
  /** ms that a run takes. */
  takes = 0;
  error: unknown;
  /** Lets the load go on. */
  finishLoading: (error?: unknown) => void = () => {};

  constructor(name: string, changes: Partial<Engine> = {}) {
    this.engine = engineOf(
      async (batch, { signal }): Promise<EngineResult> => {
        this.asked.push(...batch);
        if (this.takes > 0)
          await new Promise((resolve, reject) => {
            setTimeout(resolve, this.takes);
            signal?.addEventListener('abort', () => reject(signal.reason));
          });
        if (this.error !== undefined) throw this.error;
        return { outputs: batch.map(() => name), backend: name };
      },
      {
        concurrency: 64,
        availability: async () => ({ state: this.state }),
        load: ({ signal }) => {
          this.loads++;
          if (this.state === 'available') return Promise.resolve();
          this.state = 'downloading';
          return new Promise((resolve, reject) => {
            this.finishLoading = (error) => {
              this.state = error === undefined ? 'available' : 'downloadable';
              if (error === undefined) resolve();
              else reject(error);
            };
            signal?.addEventListener('abort', () => reject(signal.reason));
          });
        },
        ...changes,
      },
    );
  }
}

export function remoteError(code: ErrorCode, details: Record<string, unknown> = {}): PredcacheError {
  return new PredcacheError({ code, what: 'It did not work', where: 'test', hint: 'Nothing', details });
}

/** A predictor with a device and a cloud that answer with their names. */
export function makeTwo(options: Partial<PredictorOptions<number, string>> = {}) {
  const device = new ScriptedEngine('device');
  const cloud = new ScriptedEngine('cloud');
  const predictor = createPredictor<number, string>({
    model: { name: 'm', version: '1' },
    onDevice: device.engine,
    inCloud: cloud.engine,
    ...options,
  });
  const events: PredictorEvent[] = [];
  predictor.subscribe((event) => events.push(event));
  let next = 0;
  /** Asks what was not asked before. */
  const ask = async (callOptions: Parameters<typeof predictor.predict>[1] = {}) =>
    (await predictor.predict(next++, callOptions)).output;
  return { device, cloud, predictor, events, ask };
}
