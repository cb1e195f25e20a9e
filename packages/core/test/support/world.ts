import {
  createPredictor,
  fromFunction,
  memory,
  type PredictorEvent,
  type PredictorOptions,
} from '@predcache/core';
import { SlowTier } from './slowTier.js';

export const model = { name: 'm', version: '1' };

/** A predictor over memory and a slower tier, whose engine says which state of the world it computed in. */
export function makeWorld(options: Partial<PredictorOptions<string, string, never>> = {}) {
  const world = { state: 0, runs: 0, isBroken: false };
  const fast = memory();
  const slow = new SlowTier();
  const engine = fromFunction((input: string, { model: { version } }) => {
    world.runs++;
    if (world.isBroken) throw new Error('out of order');
    return `${input} v${version} s${world.state}`;
  });
  const make = (changes: typeof options = {}) => {
    const predictor = createPredictor<string, string, never>({
      model,
      tiers: [fast, slow],
      onDevice: engine,
      ...options,
      ...changes,
    });
    const events: PredictorEvent[] = [];
    predictor.subscribe((event) => events.push(event));
    return { predictor, events };
  };
  return { world, fast, slow, engine, make, ...make() };
}
