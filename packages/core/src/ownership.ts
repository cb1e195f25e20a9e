import type { Engine } from './engines/engine.js';
import { PredcacheError } from './errors/predcacheError.js';
import type { Model } from './model.js';

/** How many predictors use a tier or engine: it closes with the last of them. */
const users = new WeakMap<object, number>();

/** @throws {PredcacheError} `OPTIONS_INVALID` when one has been closed with its last user: it would serve nobody. */
export function retain(resources: readonly { readonly name: string }[]): void {
  const closed = resources.find((resource) => users.get(resource) === 0);
  if (closed !== undefined) {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: `"${closed.name}" was closed when the last predictor that used it was disposed of`,
      where: 'options tiers, onDevice, inCloud',
      hint: 'Make a new one for the new predictor, or dispose of the old predictor later',
    });
  }
  for (const resource of resources) users.set(resource, (users.get(resource) ?? 0) + 1);
}

/** True when nobody uses it any longer. */
export function release(resource: object): boolean {
  const left = (users.get(resource) ?? 1) - 1;
  users.set(resource, left);
  return left === 0;
}

/** How many predictors compute with a model, by engine. */
const modelUsers = new WeakMap<Engine, Map<string, number>>();

export function retainModel(engine: Engine, model: Model): void {
  const users = modelUsers.get(engine) ?? new Map<string, number>();
  const name = JSON.stringify(model);
  users.set(name, (users.get(name) ?? 0) + 1);
  modelUsers.set(engine, users);
}

/** True when no predictor computes with it any longer on this engine. */
export function releaseModel(engine: Engine, model: Model): boolean {
  const users = modelUsers.get(engine);
  const name = JSON.stringify(model);
  const left = (users?.get(name) ?? 1) - 1;
  if (left > 0) users?.set(name, left);
  else users?.delete(name);
  return left === 0;
}

const claimed = new WeakSet<object>();

/** @throws {PredcacheError} `OPTIONS_INVALID` when another predictor has, or had, the same outbox. */
export function claim(outbox: object): void {
  if (claimed.has(outbox)) {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: 'Another predictor has this outbox',
      where: 'option outbox',
      hint: 'Make one for each predictor; of the same name they share what waits, and need the same origin',
    });
  }
  claimed.add(outbox);
}
