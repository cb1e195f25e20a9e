import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { LinkClock } from '../support/linkClock.js';
import type { Network } from './routingCells.js';

export interface RoutingServer {
  readonly url: string;
  close(): Promise<void>;
}

interface Line {
  readonly up: LinkClock;
  readonly down: LinkClock;
}

const chunkBytes = 16_384;

/**
 * A server on loopback that answers each session as if through a network link of its own: `POST /SESSION/infer` takes the
 * time of the upload, a round trip and the computing; `GET /SESSION/model/BYTES` comes at the speed of the downlink,
 * which it shares with nothing but answers. All times are divided by `speed`.
 */
export async function serveRouting(
  network: Network,
  { speed, serverRun }: { readonly speed: number; readonly serverRun: number },
): Promise<RoutingServer> {
  const lines = new Map<string, Line>();
  const lineOf = (session: string): Line => {
    const line = lines.get(session) ?? { up: new LinkClock(network.up), down: new LinkClock(network.down) };
    lines.set(session, line);
    return line;
  };
  const server = createServer((incoming, outgoing) => {
    const [, session = '', what, bytes] = incoming.url!.split('/');
    const line = lineOf(session);
    const answered =
      what === 'model' ? sendModel(Number(bytes), line, outgoing) : answer(incoming, line, outgoing);
    answered.catch(() => outgoing.destroy());
  });

  async function answer(incoming: IncomingMessage, { up }: Line, outgoing: ServerResponse): Promise<void> {
    const asked = performance.now();
    let bytes = 0;
    for await (const chunk of incoming) bytes += (chunk as Buffer).length;
    const through = up.send(bytes, asked);
    const ready = through + (network.up.latency + serverRun) / speed;
    await pause(ready - performance.now());
    outgoing.end('"cloud"');
  }

  async function sendModel(bytes: number, { down }: Line, outgoing: ServerResponse): Promise<void> {
    await pause(network.down.latency / speed);
    outgoing.writeHead(200, { 'content-length': bytes });
    // Not the time of each chunk: what timers are late by would be lost to the link.
    const began = performance.now();
    for (let left = bytes; left > 0 && !outgoing.destroyed; left -= chunkBytes) {
      const chunk = Buffer.alloc(Math.min(left, chunkBytes));
      await pause(down.send(chunk.length, began) - performance.now());
      outgoing.write(chunk);
    }
    outgoing.end();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
