import type { Engine, EngineSource } from '../engines/engine.js';
import { Keyer } from '../keys/keyer.js';
import type { Model } from '../model.js';
import { AcrossTabs } from '../tabs/acrossTabs.js';
import type { Selector } from '../tiers/selector.js';
import { Edition } from './edition.js';
import { type InputOptions, Inputs } from './inputs.js';
import type { PipelineOptions } from './pipeline.js';
import { Router } from './routing/router.js';
import { completeRouting } from './routing/routingOptions.js';
import { TierStack } from './tierStack.js';

/** What of a pipeline's options an edition is made of. */
type EditionOptions<Input> = Pick<
  PipelineOptions<Input, unknown>,
  | 'model'
  | 'tiers'
  | 'onDevice'
  | 'inCloud'
  | 'maxInputSize'
  | 'maxQueueLength'
  | 'maxQueueSize'
  | 'report'
  | 'tierSkipping'
  | 'shareAcrossTabs'
  | 'allowPreviousModel'
  | 'routing'
> &
  InputOptions<Input>;

export interface UpdateSteps {
  readonly load: (router: Router) => Promise<void>;
  /** In the same step as the switch. */
  readonly onSwitch: () => void;
  readonly whenIdle: () => Promise<void>;
}

/** The model in use, and the change to another one. */
export class Editions<Input> {
  readonly #options: EditionOptions<Input>;
  readonly #onInvalidated: (selector: Selector) => void;
  #current: Edition<Input>;
  /** The update before: they go one after another. */
  #updating: Promise<unknown> = Promise.resolve();
  /** Writes of models that are no longer in use. */
  #leftOver: Promise<unknown> = Promise.resolve();
  #isEnded = false;

  constructor(options: EditionOptions<Input>, onInvalidated: (selector: Selector) => void) {
    this.#options = options;
    this.#onInvalidated = onInvalidated;
    const { model, allowPreviousModel } = options;
    this.#current = this.#make(model);
    if (typeof allowPreviousModel === 'object') {
      const previous = this.#make(allowPreviousModel, false);
      if (previous.modelId !== this.#current.modelId) this.#current.previous = previous;
    }
    this.#current.tiers.subscribe();
  }

  get current(): Edition<Input> {
    return this.#current;
  }

  /** Rejects with what loading rejects with; everything is then as before. */
  update(change: Partial<Model>, steps: UpdateSteps): Promise<void> {
    const updating = this.#updating.then(() => this.#update(change, steps));
    this.#updating = updating.catch(() => {});
    return updating;
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    const { tiers } = this.#current;
    this.#discard(this.#current);
    await Promise.all([tiers.settle(), this.#leftOver]);
    tiers.unsubscribe();
  }

  async #update(change: Partial<Model>, { load, onSwitch, whenIdle }: UpdateSteps): Promise<void> {
    const old = this.#current;
    const next = this.#make(Object.freeze({ ...old.model, ...change }));
    try {
      await load(next.router);
    } catch (error) {
      this.#discard(next);
      throw error;
    }
    if (this.#isEnded) return this.#discard(next);
    const isAllowed = (this.#options.allowPreviousModel ?? false) !== false;
    const isOther = next.modelId !== old.modelId;
    next.previous = isOther && isAllowed ? old : undefined;
    this.#leftOver = Promise.all([this.#leftOver, old.tiers.settle()]);
    old.tiers.unsubscribe();
    this.#discard(old);
    next.tiers.subscribe();
    this.#current = next;
    onSwitch();
    this.#options.report({ type: 'model-updated', from: old.model, to: next.model });
    if (!isOther) return;
    const outOfUse = isAllowed ? old.previous : old;
    old.previous = undefined;
    if (outOfUse === undefined || outOfUse.modelId === next.modelId) return;
    void whenIdle().then(async () => {
      if (!this.#isEnded && !this.#isInUse(outOfUse.modelId))
        await outOfUse.tiers.delete({ model: outOfUse.modelId });
    });
  }

  /** Nothing new is asked of it from now on. */
  #discard({ tabs, router }: Edition<Input>): void {
    tabs?.close();
    void router.retire();
  }

  /** The app may have gone back to it meanwhile. */
  #isInUse(modelId: string): boolean {
    return this.#current.modelId === modelId || this.#current.previous?.modelId === modelId;
  }

  /** @param isInUse whether it will compute: with other tabs, where it may */
  #make(model: Model, isInUse = true): Edition<Input> {
    const { maxInputSize, onDevice, inCloud, report, tiers, tierSkipping, shareAcrossTabs } = this.#options;
    const limits = { maxLength: this.#options.maxQueueLength, maxSize: this.#options.maxQueueSize };
    const keyer = new Keyer({ model, maxInputSize });
    const routing = completeRouting(this.#options.routing);
    const { modelId } = keyer;
    const onInvalidated = this.#onInvalidated;
    const stack = new TierStack({ tiers, modelId, report, onInvalidated, skipping: tierSkipping ?? 'auto' });
    const hear = (selector: Selector) => {
      onInvalidated(selector);
      void stack.deleteOwn(selector);
    };
    const tabs =
      !isInUse || shareAcrossTabs === false || !AcrossTabs.isSupported()
        ? undefined
        : new AcrossTabs({
            name: [modelId, ...tiers.map(({ scope = '' }) => scope)].join(' '),
            onInvalidated: hear,
            // Nobody knows what it missed; the tiers that tabs share find out for themselves.
            onMissed: () => hear({ model: modelId }),
          });
    return new Edition({
      model,
      modelId,
      inputs: new Inputs(keyer, this.#options),
      tiers: stack,
      router: new Router({ model, engines: enginesOf(onDevice, inCloud), limits, routing, report }),
      tabs,
    });
  }
}

function enginesOf(
  onDevice: Engine | undefined,
  inCloud: Engine | undefined,
): Partial<Record<EngineSource, Engine>> {
  return {
    ...(onDevice === undefined ? {} : { on_device: onDevice }),
    ...(inCloud === undefined ? {} : { in_cloud: inCloud }),
  };
}
