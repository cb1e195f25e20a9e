import type { FastifyReply } from 'fastify';
import { GatewayError } from '../http/gatewayError.js';

/** ms between comments that keep proxies from taking a silent stream for a dead one. */
const keepAliveInterval = 15_000;

/** Bytes that may wait for a client that does not read; it comes back by itself once it is closed. */
const mostWaiting = 64 * 1024;

/** Server-sent events to whoever listens. */
export class EventStreams {
  readonly #max: number;
  readonly #open = new Set<FastifyReply['raw']>();
  #timer: NodeJS.Timeout | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#open.size;
  }

  /** @throws {GatewayError} 503 when there are as many listeners as may be. */
  open(reply: FastifyReply, first: string): void {
    if (this.#open.size >= this.#max)
      throw new GatewayError(503, 'There are too many listeners already; try again later');
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx would hold events back until there are many.
      'x-accel-buffering': 'no',
    });
    raw.write(first);
    this.#open.add(raw);
    raw.once('close', () => this.#open.delete(raw));
    this.#timer ??= setInterval(() => this.send(': still here\n\n'), keepAliveInterval).unref();
  }

  send(event: string): void {
    for (const stream of this.#open) {
      if (stream.writableLength > mostWaiting) stream.destroy();
      else stream.write(event);
    }
  }

  /** Ends every stream, so that connections can be closed. */
  close(): void {
    clearInterval(this.#timer);
    for (const stream of this.#open) stream.end();
    this.#open.clear();
  }
}

/** An event in the form of the HTML standard. */
export function eventText(type: string, data: unknown): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
