import { createPredictor, fromFunction } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { engineOf } from './support/doubles.js';
import { failure } from './support/failure.js';
import { GatedEngine } from './support/gatedEngine.js';

const model = { name: 'm', version: '1' };

describe('abort, where engines and apps make it hard', () => {
  it('frees the engine even if it does not heed the signal', async () => {
    let calls = 0;
    const engine = engineOf(() =>
      ++calls === 1 ? new Promise(() => {}) : Promise.resolve({ outputs: ['B'], backend: 'test' }),
    );
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const controller = new AbortController();
    const asked = failure(predictor.predict('a', { signal: controller.signal }));
    await vi.waitFor(() => expect(calls).toBe(1));
    controller.abort();
    expect(await asked).toBe(controller.signal.reason);
    expect((await predictor.predict('b')).output).toBe('B');
  });

  it('gives its reason also when the predictor is disposed of at once', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const controller = new AbortController();
    const asked = failure(predictor.predict('a', { signal: controller.signal }));
    await engine.called(1);
    controller.abort();
    void predictor.dispose();
    expect(await asked).toBe(controller.signal.reason);
  });

  it('is noticed when encode itself aborts', async () => {
    const controller = new AbortController();
    const encode = (text: string) => {
      controller.abort();
      return text;
    };
    const predictor = createPredictor<string, string>({ model, encode, onDevice: fromFunction(() => 'x') });
    expect(await failure(predictor.predict('a', { signal: controller.signal }))).toBe(
      controller.signal.reason,
    );
  });
});
