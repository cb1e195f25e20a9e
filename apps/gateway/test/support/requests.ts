import { connect } from 'node:net';
import { expect } from 'vitest';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The body as JSON; undefined when it is none. */
  readonly json: Record<string, unknown> | undefined;
}

export async function send(url: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, init);
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, body, json: parse(body) };
}

/** Posts JSON, or text or bytes as they are, to a model's `infer`. */
export function infer(
  gateway: { readonly url: string },
  model: string,
  message: unknown,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): Promise<Reply> {
  const asIs = typeof message === 'string' || message instanceof Uint8Array;
  const body = asIs ? (message as BodyInit) : JSON.stringify(message);
  return send(`${gateway.url}/v2/models/${model}/infer`, { method: 'POST', body, headers });
}

/** Posts a JSON head with raw tensors behind it. */
export function inferBinary(
  gateway: { readonly url: string },
  model: string,
  head: unknown,
  ...raw: readonly Uint8Array[]
): Promise<Reply> {
  const json = Buffer.from(JSON.stringify(head));
  return infer(gateway, model, new Uint8Array(Buffer.concat([json, ...raw])), {
    'content-type': 'application/octet-stream',
    'inference-header-content-length': String(json.length),
  });
}

/** Checks that a reply is the protocol's JSON error, and gives what it says. */
export function errorOf(reply: Reply, status: number): string {
  expect(reply.status, JSON.stringify(reply.json)).toBe(status);
  expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
  expect(Object.keys(reply.json ?? {})).toEqual(['error']);
  const said = reply.json?.error;
  expect(typeof said).toBe('string');
  expect(String(said)).not.toMatch(/undefined|\[object|node_modules/);
  return String(said);
}

/** Writes bytes to a connection, and gives everything that comes back until it is closed. */
export function rawExchange(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part);
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error('No answer within 10 s')));
    socket.on('data', (data) => received.push(data));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The gateway may close while we still write: what it said counts.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(Buffer.concat(received)));
  });
}

/** The status and JSON body of a raw answer that is one message. */
export function parseRaw(answer: Buffer): { status: number; json: unknown } {
  const end = answer.indexOf('\r\n\r\n');
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer.toString('latin1'))?.[1]);
  return { status, json: parse(answer.subarray(end + 4)) };
}

function parse(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
