import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { SentWrite } from '../page/writeBackLoad.js';

const statusOfRefusal = 422;

/**
 * A system of record that is out of order one time in eight: it answers with an error, takes everything or one half of it and then
 * fails, takes it and breaks off, or never answers. It refuses some numbers for good.
 */
export class OriginServer {
  readonly #server: Server;
  readonly #random: () => number;
  /** By idempotency key, in the order in which they first came. */
  readonly #taken = new Map<string, SentWrite>();
  readonly #refused = new Set<number>();
  readonly #outcomes: Record<string, number> = {};
  #repeated = 0;
  #isWell = false;

  private constructor(random: () => number) {
    this.#random = random;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(random: () => number): Promise<OriginServer> {
    const origin = new OriginServer(random);
    await new Promise<void>((resolve) => origin.#server.listen(0, '127.0.0.1', resolve));
    return origin;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  get taken(): readonly SentWrite[] {
    return [...this.#taken.values()];
  }

  /** Numbers that came alone and were refused. */
  get refused(): ReadonlySet<number> {
    return this.#refused;
  }

  /** Writes that came again after they had been taken. */
  get repeated(): number {
    return this.#repeated;
  }

  /** How often it did what. */
  get outcomes(): Readonly<Record<string, number>> {
    return this.#outcomes;
  }

  /** From now on it only takes and refuses. */
  recover(): void {
    this.#isWell = true;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const writes: readonly SentWrite[] = JSON.parse(await text(request));
    response.setHeader('access-control-allow-origin', '*');
    const end = (outcome: string, status: number) => {
      this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
      if (status === 0) response.destroy();
      else response.writeHead(status).end();
    };
    const luck = this.#isWell ? 1 : this.#random();
    if (luck < 0.03) return end('failed', 503);
    if (luck < 0.04) {
      this.#outcomes['did not answer'] = (this.#outcomes['did not answer'] ?? 0) + 1;
      return;
    }
    if (writes.some(({ number }) => isPoisonous(number))) {
      if (writes.length === 1) this.#refused.add(writes[0]!.number);
      return end('refused', statusOfRefusal);
    }
    if (luck < 0.07) {
      this.#take(writes.slice(0, Math.ceil(writes.length / 2)));
      return end('took half and failed', 503);
    }
    this.#take(writes);
    if (luck < 0.12) return end('took all and broke off', 0);
    return end('took all', 204);
  }

  #take(writes: readonly SentWrite[]): void {
    for (const write of writes) {
      if (this.#taken.has(write.idempotencyKey)) this.#repeated++;
      else this.#taken.set(write.idempotencyKey, write);
    }
  }
}

function isPoisonous(number: number): boolean {
  return number % 211 === 7;
}
