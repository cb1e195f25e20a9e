/** Times that one leader is sent a call: what it cannot read it will never answer. */
const mostTimes = 3;

/** Which calls one leader has been sent, and when, counted in questions for a sign of life. */
export class SentCalls {
  readonly #sent = new Map<string, { readonly asked: number; readonly times: number }>();

  /** Sent when so many questions had been asked. */
  note(id: string, asked: number): void {
    this.#sent.set(id, { asked, times: (this.#sent.get(id)?.times ?? 0) + 1 });
  }

  /** Those that were sent before the question, and are not among those known to who answers it. */
  missing(question: number, known: ReadonlySet<string>): string[] {
    return [...this.#sent].filter(([id, { asked }]) => asked < question && !known.has(id)).map(([id]) => id);
  }

  mayBeSentAgain(id: string): boolean {
    return (this.#sent.get(id)?.times ?? 0) < mostTimes;
  }

  /** Whether it had been sent. */
  forget(id: string): boolean {
    return this.#sent.delete(id);
  }

  clear(): void {
    this.#sent.clear();
  }
}
