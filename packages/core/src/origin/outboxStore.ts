/** A record as it is in the store. */
export interface OutboxRecord {
  /** Grows with each record appended, by whichever tab. */
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** What is in a store, whoever put it there, and what it may hold. */
export interface OutboxUsage {
  readonly entries: number;
  readonly bytes: number;
  readonly maxEntries: number;
  readonly maxSize: number;
}

export interface OutboxReadOptions {
  /** Only records with ids above this one. 0 for all. */
  readonly after: number;
  readonly count: number;
}

/**
 * A durable, bounded list of records, in which writes wait for the origin. Tabs and sessions share one. It need not
 * understand the records. Every promise settles.
 */
export interface OutboxStore {
  /**
   * What those have in common that share its records: only one of them at a time delivers. `undefined` when nobody else
   * can see them.
   */
  readonly name: string | undefined;

  /**
   * For stores that can be emptied behind one's back, as browsers do with damaged files: calls back when this one was found
   * so, until the returned function is called.
   */
  watchForLoss?(onLost: () => void): () => void;

  /**
   * Settles once all of them are durable, behind everything that was appended before, with the usage that makes. Rejects
   * when it cannot be said that they are; then all of them are stored or none is.
   *
   * @throws {PredcacheError} `OUTBOX_FULL` when there is no room for all of them: none is stored. `STORAGE_…`.
   */
  append(records: readonly Uint8Array[]): Promise<OutboxUsage>;

  /**
   * The first records, by id.
   *
   * @throws {PredcacheError} `STORAGE_…`
   */
  read(options: OutboxReadOptions): Promise<readonly OutboxRecord[]>;

  /**
   * Removes those of these records that are there unchanged, all at once, and gives the usage that makes. One that has
   * the id but not the bytes is another one, for ids may start anew when the storage is cleared: it stays.
   *
   * @throws {PredcacheError} `STORAGE_…`
   */
  remove(records: readonly OutboxRecord[]): Promise<OutboxUsage>;

  /** @throws {PredcacheError} `STORAGE_…` */
  usage(): Promise<OutboxUsage>;

  /** Lets go of resources. What is stored stays. Afterwards every other call rejects. */
  close(): Promise<void>;
}
