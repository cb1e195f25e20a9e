import type { Model } from '../model.js';
import type { Prediction } from '../prediction.js';
import type { AcrossTabs } from '../tabs/acrossTabs.js';
import { ComputeCost } from './computeCost.js';
import type { Inputs } from './inputs.js';
import type { Router } from './routing/router.js';
import type { TierStack } from './tierStack.js';

/** Everything that belongs to one model: a predictor has another one after `updateModel`. A request stays with its own. */
export class Edition<Input> {
  readonly model: Model;
  /** What answers say. */
  readonly named: Prediction<unknown>['model'];
  readonly modelId: string;
  readonly inputs: Inputs<Input>;
  readonly tiers: TierStack;
  readonly router: Router;
  readonly tabs: AcrossTabs | undefined;
  readonly cost = new ComputeCost();
  /** The model before, while its entries may answer until this one's do. */
  previous: Edition<Input> | undefined;
  /** False once the engine has said that it does not give the same for the same input. */
  isCaching = true;

  constructor(parts: Pick<Edition<Input>, 'model' | 'modelId' | 'inputs' | 'tiers' | 'router' | 'tabs'>) {
    this.model = parts.model;
    this.named = Object.freeze({ name: parts.model.name, version: parts.model.version });
    this.modelId = parts.modelId;
    this.inputs = parts.inputs;
    this.tiers = parts.tiers;
    this.router = parts.router;
    this.tabs = parts.tabs;
  }
}
