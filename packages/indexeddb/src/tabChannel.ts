/** Tells the other tabs that the journal has grown. They read it themselves: a message may be lost, a record is not. */
export class TabChannel {
  readonly #name: string;
  readonly #onNews: () => void;
  #channel: BroadcastChannel | undefined;
  /** The sequence told last. */
  #told = 0;

  /** @param name of the database */
  constructor(name: string, onNews: () => void) {
    this.#name = `predcache ${name}`;
    this.#onNews = onNews;
  }

  open(): void {
    if (this.#channel !== undefined || typeof BroadcastChannel === 'undefined') return;
    try {
      this.#channel = new BroadcastChannel(this.#name);
    } catch {
      // A frame whose origin may talk to nobody.
      return;
    }
    this.#channel.onmessage = () => this.#onNews();
    // In Node, listening would keep the process from ending.
    (this.#channel as { unref?: () => void }).unref?.();
  }

  /** @param sequence of the last record */
  tell(sequence: number): void {
    if (sequence === this.#told) return;
    this.#told = sequence;
    this.#channel?.postMessage(sequence);
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }
}
