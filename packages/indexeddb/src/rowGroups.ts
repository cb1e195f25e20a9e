/** No row's number. */
const none = -1;

/** The rows that have a tag. */
interface Tagged {
  readonly slots: Set<number>;
  /** The tag as the list that rows without another one have: shared by all of them. */
  readonly alone: readonly string[];
}

/** What belongs to a group: its rows as a linked list, and those with a tag. */
interface Members {
  first: number;
  readonly byTag: Map<string, Tagged>;
}

/**
 * Finds the rows of a group or a tag without looking through all of them. Rows without tags cost nothing while there is
 * one group, and 8 bytes each from the second on.
 */
export class RowGroups {
  readonly #groups: Members[] = [];
  /** The tags of rows that have any. */
  readonly #tags = new Map<number, readonly string[]>();
  /** Linked lists, once there is more than one group: until then, its rows are all rows. */
  #next: Int32Array<ArrayBuffer> | undefined;
  #previous = new Int32Array(0);

  /** Whether `ofGroup` knows: otherwise all rows are of one group. */
  get areLinked(): boolean {
    return this.#next !== undefined;
  }

  /** Whether a row of this group makes it necessary to `link`. */
  isNeededFor(group: number): boolean {
    return this.#next === undefined && group > 0;
  }

  /** Begins to keep lists. @param rows those there are, with their groups */
  link(capacity: number, rows: Iterable<readonly [slot: number, group: number]>): void {
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    for (const [slot, group] of rows) this.#add(slot, group);
  }

  reserve(capacity: number): void {
    if (this.#next === undefined) return;
    this.#next = grown(this.#next, capacity);
    this.#previous = grown(this.#previous, capacity);
  }

  add(slot: number, group: number, tags: readonly string[]): void {
    if (this.#next !== undefined) this.#add(slot, group);
    if (tags.length === 0) return;
    const { byTag } = this.#membersOf(group);
    for (const tag of tags) {
      const tagged = byTag.get(tag) ?? { slots: new Set(), alone: [tag] };
      byTag.set(tag, tagged);
      tagged.slots.add(slot);
    }
    this.#tags.set(slot, tags.length === 1 ? byTag.get(tags[0]!)!.alone : tags);
  }

  remove(slot: number, group: number): void {
    if (this.#next !== undefined) this.#remove(slot, group);
    const tags = this.#tags.get(slot);
    if (tags === undefined) return;
    this.#tags.delete(slot);
    const { byTag } = this.#membersOf(group);
    for (const tag of tags) {
      const tagged = byTag.get(tag);
      tagged?.slots.delete(slot);
      if (tagged?.slots.size === 0) byTag.delete(tag);
    }
  }

  tagsOf(slot: number): readonly string[] {
    return this.#tags.get(slot) ?? noTags;
  }

  /** The rows of a group, while there are lists. It must not change meanwhile. */
  *ofGroup(group: number): Generator<number> {
    for (let slot = this.#groups[group]?.first ?? none; slot !== none; slot = this.#next![slot]!) yield slot;
  }

  /** The rows of a group that have any of the tags, each once. It must not change meanwhile. */
  *withTags(group: number, tags: readonly string[]): Generator<number> {
    const byTag = this.#groups[group]?.byTag;
    const seen = new Set<number>();
    for (const tag of tags) {
      for (const slot of byTag?.get(tag)?.slots ?? []) {
        if (seen.has(slot)) continue;
        seen.add(slot);
        yield slot;
      }
    }
  }

  #add(slot: number, group: number): void {
    const members = this.#membersOf(group);
    this.#next![slot] = members.first;
    this.#previous[slot] = none;
    if (members.first !== none) this.#previous[members.first] = slot;
    members.first = slot;
  }

  #remove(slot: number, group: number): void {
    const next = this.#next![slot]!;
    const previous = this.#previous[slot]!;
    if (next !== none) this.#previous[next] = previous;
    if (previous === none) this.#membersOf(group).first = next;
    else this.#next![previous] = next;
  }

  #membersOf(group: number): Members {
    this.#groups[group] ??= { first: none, byTag: new Map() };
    return this.#groups[group];
  }
}

export const noTags: readonly string[] = [];

function grown(from: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(capacity);
  to.set(from);
  return to;
}
