import type { Entry } from '../entry.js';

/** What belongs together: the slots of each model, and of each tag within a model. */
interface Group {
  readonly slots: Set<number>;
  readonly byTag: Map<string, Set<number>>;
}

/**
 * Finds the slots of a model or tag without looking through all of them. Costs nothing in a tier of one model without
 * tags, as most are: it begins with the first entry that makes a difference.
 */
export class SlotGroups {
  readonly #groups: Group[] = [];
  #onlyModel: number | undefined;
  #isInUse = false;

  /** Whether there is anything to be told of removals. */
  get isInUse(): boolean {
    return this.#isInUse;
  }

  /** Whether an entry is the first one that makes a difference: `begin` with what is there, then add it. */
  isNeededFor(model: number, tags: readonly string[]): boolean {
    if (this.#isInUse) return false;
    this.#onlyModel ??= model;
    return model !== this.#onlyModel || tags.length > 0;
  }

  begin(): void {
    this.#isInUse = true;
  }

  add(slot: number, model: number, { tags }: Pick<Entry, 'tags'>): void {
    const group = this.#groupOf(model);
    group.slots.add(slot);
    for (const tag of tags) {
      const tagged = group.byTag.get(tag);
      if (tagged === undefined) group.byTag.set(tag, new Set([slot]));
      else tagged.add(slot);
    }
  }

  remove(slot: number, model: number, { tags }: Pick<Entry, 'tags'>): void {
    const { slots, byTag } = this.#groupOf(model);
    slots.delete(slot);
    for (const tag of tags) {
      const tagged = byTag.get(tag);
      tagged?.delete(slot);
      if (tagged?.size === 0) byTag.delete(tag);
    }
  }

  /** Only while it is in use. */
  ofModel(model: number): readonly number[] {
    return [...(this.#groups[model]?.slots ?? [])];
  }

  /** The slots of a model that have any of the tags, each once. */
  withTags(model: number, tags: readonly string[]): readonly number[] {
    const byTag = this.#groups[model]?.byTag;
    return [...new Set(tags.flatMap((tag) => [...(byTag?.get(tag) ?? [])]))];
  }

  #groupOf(model: number): Group {
    this.#groups[model] ??= { slots: new Set(), byTag: new Map() };
    return this.#groups[model];
  }
}
