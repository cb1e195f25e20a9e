import { createPredictor, type Engine, type Model } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { failure } from '../support/failure.js';
import { gate } from '../support/gate.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { SlowTier } from '../support/slowTier.js';
import { until } from '../support/until.js';

const one: Model = { name: 'm', version: '1' };

/** An engine that says which models it was asked to unload. */
class UnloadingEngine extends GatedEngine {
  readonly unloaded: string[] = [];

  async unload({ model }: { readonly model: Model }): Promise<void> {
    this.unloaded.push(model.version);
  }
}

describe('a model that nobody uses any longer', () => {
  it('is unloaded after updateModel, once what is under way has ended', async () => {
    const engine = new UnloadingEngine();
    const predictor = createPredictor<string, string>({ model: one, onDevice: engine });
    const asked = predictor.predict('a');
    const call = await engine.called(1);
    await predictor.updateModel({ version: '2' });
    expect(engine.unloaded).toEqual([]);
    call.answer(['A']);
    await asked;
    await until(() => engine.unloaded.length > 0);
    expect(engine.unloaded).toEqual(['1']);
  });

  it('stays while another predictor of the engine uses it', async () => {
    const engine = new UnloadingEngine();
    const [first, second] = [one, one].map((model) =>
      createPredictor<string, string>({ model, onDevice: engine }),
    );
    await first!.updateModel({ version: '2' });
    await first!.updateModel({ version: '3' });
    await until(() => engine.unloaded.length > 0);
    expect(engine.unloaded).toEqual(['2']);
    await second!.dispose();
    await until(() => engine.unloaded.length > 1);
    expect(engine.unloaded).toEqual(['2', '1']);
  });

  it('is unloaded again when what looked elsewhere first has computed with it all the same', async () => {
    const engine = new UnloadingEngine();
    const tier = new SlowTier();
    const looked = gate();
    tier.turn = (operation) => (operation === 'get' ? looked.opened : Promise.resolve());
    const predictor = createPredictor<string, string>({ model: one, onDevice: engine, tiers: [tier] });
    const asked = predictor.predict('a');
    await until(() => tier.calls.get === 1);
    await predictor.updateModel({ version: '2' });
    await until(() => engine.unloaded.length > 0);
    looked.open();
    const call = await engine.called(1);
    expect(engine.unloaded).toEqual(['1']);
    call.answer(['A']);
    expect(await asked).toMatchObject({ output: 'A', model: { version: '1' } });
    await until(() => engine.unloaded.length > 1);
    expect(engine.unloaded).toEqual(['1', '1']);
  });

  it('is unloaded after updateModel, once a load of it has ended', async () => {
    const loaded = gate();
    const engine = Object.assign(new UnloadingEngine(), {
      load: ({ model }: { readonly model: Model }) =>
        model.version === '1' ? loaded.opened : Promise.resolve(),
    });
    const predictor = createPredictor<string, string>({ model: one, onDevice: engine });
    const loading = predictor.load();
    await predictor.updateModel({ version: '2' });
    await predictor.updateModel({ version: '3' });
    await until(() => engine.unloaded.length > 0);
    expect(engine.unloaded).toEqual(['2']);
    loaded.open();
    await loading;
    await until(() => engine.unloaded.length > 1);
    expect(engine.unloaded).toEqual(['2', '1']);
  });

  it('that could not be loaded is unloaded, and the old one stays', async () => {
    const engine = new UnloadingEngine();
    engine.load = async () => {
      throw new Error('no such file');
    };
    const predictor = createPredictor<string, string>({ model: one, onDevice: engine });
    await failure(predictor.updateModel({ version: '2' }));
    await until(() => engine.unloaded.length > 0);
    expect(engine.unloaded).toEqual(['2']);
  });
});

describe('signature', () => {
  const signature = {
    inputs: [{ name: 'x', type: 'float32', dims: [undefined, 4] }],
    outputs: [{ name: 'y', type: 'float32', dims: [undefined, 2] }],
    isBatched: true,
  } as const;

  it('is what the first engine says that can tell', async () => {
    const inCloud: Engine = Object.assign(new GatedEngine(), { signature: async () => signature });
    const predictor = createPredictor({ model: one, onDevice: new GatedEngine(), inCloud });
    expect(await predictor.signature()).toEqual(signature);
  });

  it('rejects where none can, and when it is aborted', async () => {
    const predictor = createPredictor({ model: one, onDevice: new GatedEngine() });
    expect(await failure(predictor.signature())).toMatchObject({ code: 'SIGNATURE_UNKNOWN' });
    const reason = new Error('changed my mind');
    expect(await failure(predictor.signature({ signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});
