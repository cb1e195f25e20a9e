import type { Entry } from '../entry.js';
import type { Payload } from '../payload.js';

export interface OriginCallOptions {
  /** Aborts when the call has taken too long, or nobody waits for it any longer. */
  readonly signal: AbortSignal;
}

/** An entry on its way to the origin. */
export interface OriginWrite {
  /**
   * 32 hexadecimal digits, the same each time this write is delivered, in whatever tab or session: an origin that
   * remembers them takes each write once.
   */
  readonly idempotencyKey: string;
  readonly entry: Entry;
}

/**
 * The app's system of record, for instance for corrected labels.
 *
 * @example
 * const origin: Origin = {
 *   async write(entries, { signal }) {
 *     const body = JSON.stringify(entries.map(({ idempotencyKey, entry }) => ({ idempotencyKey, key: entry.key, label: entry.outputs })));
 *     // `keepalive` lets the request outlive the page; browsers take up to 64 KiB of such bodies at a time.
 *     const keepalive = body.length < 60_000;
 *     const { ok, status } = await fetch('/corrections', { method: 'POST', body, signal, keepalive });
 *     const permanent = status === 400 || status === 422;
 *     if (!ok) throw Object.assign(new Error(`The server answered ${status}`), { permanent });
 *   },
 * };
 */
export interface Origin {
  /**
   * Takes all of these writes, in their order, and settles once it has them for good. They may have come before, with
   * the same idempotency keys, where it did not get to say so.
   *
   * One that rejects is asked again later, with the same writes. With an error whose `permanent` is `true`, or whose
   * `code` is `ORIGIN_REFUSED`, it refuses them: of several, smaller parts are then sent, and one that is refused alone is
   * given up.
   *
   * A call whose signal aborts must not reach the system of record afterwards: what comes late is out of order.
   */
  write(entries: readonly OriginWrite[], options: OriginCallOptions): Promise<void>;

  /** What the origin has for some keys: one element per key, in order, `undefined` where it has nothing. */
  read?(keys: readonly string[], options: OriginCallOptions): Promise<readonly (Payload | undefined)[]>;
}
