/** Where to forward what has to be computed. */
export interface UpstreamOptions {
  /** Address of the server, with or without `/v2` at its end. */
  readonly url: string;
  /** Headers to send with every request, for instance `authorization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * ms for each request.
   *
   * @default 10_000
   */
  readonly timeout?: number | undefined;
  /**
   * Requests to it at once.
   *
   * @default 16
   */
  readonly concurrency?: number | undefined;
  /**
   * ms after which what it says of a model, such as its versions, is asked for again.
   *
   * @default 30_000
   */
  readonly refreshAfter?: number | undefined;
  /** @default globalThis.fetch */
  readonly fetch?: typeof fetch | undefined;
}
