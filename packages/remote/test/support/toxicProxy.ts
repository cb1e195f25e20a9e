import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What happens to connections. */
export type Toxic =
  | { readonly kind: 'none' }
  /** Each piece of an answer comes so many ms later. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** The connection is reset after so many bytes of the answer. */
  | { readonly kind: 'reset'; readonly after: number }
  /** The connection is ended in good order after so many bytes of the answer. */
  | { readonly kind: 'truncate'; readonly after: number }
  /** Everything is taken, nothing is ever answered. */
  | { readonly kind: 'blackHole' }
  /** The answer stops coming after so many bytes, the connection stays. */
  | { readonly kind: 'stall'; readonly after: number }
  /** A proxy in between answers everything with this status. */
  | { readonly kind: 'storm'; readonly status: number };

export interface ToxicProxy {
  /** For instance `http://127.0.0.1:41234`. */
  readonly url: string;
  /** For connections and answers from now on. */
  toxic: Toxic;
  readonly connections: number;
}

/** A TCP proxy on loopback before a server, for one test. */
export async function toxicProxy(upstream: string): Promise<ToxicProxy> {
  const { port } = new URL(upstream);
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let connections = 0;
  const state: { toxic: Toxic } = { toxic: { kind: 'none' } };
  const server = createServer((client) => {
    connections++;
    const toServer = connect(Number(port), '127.0.0.1');
    for (const socket of [client, toServer]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        toServer.destroy();
      });
    }
    let answered = 0;
    client.on('data', (data) => {
      const { toxic } = state;
      if (toxic.kind === 'blackHole') return;
      if (toxic.kind === 'storm') {
        client.end(`HTTP/1.1 ${toxic.status} Storm\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
        return;
      }
      answered = 0;
      toServer.write(data);
    });
    toServer.on('data', (data) => {
      const { toxic } = state;
      if (toxic.kind === 'latency') {
        const timer = setTimeout(() => {
          timers.delete(timer);
          client.write(data);
        }, toxic.ms);
        timers.add(timer);
        return;
      }
      if (!('after' in toxic)) {
        client.write(data);
        return;
      }
      const part = data.subarray(0, Math.max(0, toxic.after - answered));
      answered += data.length;
      const end = () => {
        if (toxic.kind === 'reset') client.resetAndDestroy();
        if (toxic.kind === 'truncate') client.end();
      };
      if (answered < toxic.after) client.write(part);
      else if (part.length > 0) client.write(part, end);
      else end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const timer of timers) clearTimeout(timer);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    get toxic() {
      return state.toxic;
    },
    set toxic(toxic: Toxic) {
      state.toxic = toxic;
    },
  };
}
