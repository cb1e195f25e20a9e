import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export interface TestServer {
  /** For instance `http://127.0.0.1:41234`. */
  readonly url: string;
  /** `METHOD path` of every request so far. */
  readonly requests: string[];
  /** Requests that are neither answered nor given up by the client. Connections say less: undici keeps a spare one. */
  readonly underWay: ReadonlySet<ServerResponse>;
}

/** A real HTTP server for one test; it and its connections are gone when the test is over. */
export async function testServer(handler: Handler): Promise<TestServer> {
  const requests: string[] = [];
  const underWay = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      requests.push(`${request.method} ${request.url}`);
      underWay.add(response);
      response.on('close', () => underWay.delete(response));
      handler(request, response, Buffer.concat(parts));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, underWay };
}
