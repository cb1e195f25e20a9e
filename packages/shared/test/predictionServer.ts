import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Entry, encodeEntry } from '@predcache/core';
import { onTestFinished } from 'vitest';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface PredictionServer {
  readonly url: string;
  /** What `GET /v2/predictions/KEY` knows, by key. */
  readonly entries: Map<string, Entry>;
  /** `METHOD path` of every request so far. */
  readonly requests: string[];
  /** Takes over from the answers by key while it is set. */
  handler: Handler | undefined;
}

/** A server of known predictions, as the gateway is one, for one test. */
export async function predictionServer(): Promise<PredictionServer> {
  const entries = new Map<string, Entry>();
  const state: { handler: Handler | undefined } = { handler: undefined };
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (state.handler !== undefined) return state.handler(request, response);
    const key = /^\/v2\/predictions\/([0-9a-f]{64})$/.exec(request.url ?? '')?.[1];
    const entry = key === undefined ? undefined : entries.get(key);
    if (entry === undefined) response.writeHead(404).end('{"error":"unknown"}');
    else answerWith(response, encodeEntry(entry));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
  return Object.assign(state, { url, entries, requests });
}

export function answerWith(response: ServerResponse, bytes: Uint8Array): void {
  const headers = {
    'content-type': 'application/vnd.predcache.entry',
    'cache-control': 'public, max-age=31536000, immutable',
  };
  response.writeHead(200, headers).end(bytes);
}
