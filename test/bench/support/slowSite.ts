import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { type Link, LinkClock } from './linkClock.js';
import type { Site } from './site.js';

const compress = promisify(brotliCompress);
/** As a build would: beyond 9 wasm gets hardly smaller. */
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
const chunkSize = 16_384;

interface SlowFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** `undefined` for what compression is of no use to. */
  readonly compressed: Buffer | undefined;
}

/**
 * The same site through a link that is slow for wasm and model files, which it sends as a server would to somebody who
 * comes for the first time: wasm compressed, and nothing left in the HTTP cache. All else passes unchanged and unslowed.
 * In the server, because a browser's own throttling does not reach what workers fetch.
 */
export async function serveSlowly(site: string, link: Link): Promise<Site> {
  const clock = new LinkClock(link);
  const files = new Map<string, Promise<SlowFile>>();
  const fileOf = (path: string) => {
    let file = files.get(path);
    if (file === undefined) {
      file = fetchFile(new URL(path, site));
      file.catch(() => files.delete(path));
      files.set(path, file);
    }
    return file;
  };
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url!;
    const isSlow = /\.(wasm|onnx)$/.test(path.split('?', 1)[0]!);
    const answer = isSlow
      ? fileOf(path).then((file) => sendSlowly(file, clock, link.latency, incoming, outgoing))
      : pass(new URL(path, site), incoming, outgoing);
    answer.catch(() => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
  });
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

async function fetchFile(url: URL): Promise<SlowFile> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} is answered with ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    type: response.headers.get('content-type') ?? 'application/octet-stream',
    bytes,
    // Weights do not get smaller.
    compressed: url.pathname.endsWith('.wasm') ? await compress(bytes, brotli) : undefined,
  };
}

async function sendSlowly(
  { type, bytes, compressed }: SlowFile,
  clock: LinkClock,
  latency: number,
  { headers }: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  await pause(latency);
  const isCompressed = compressed !== undefined && acceptsBrotli(headers);
  const body = isCompressed ? compressed : bytes;
  outgoing.writeHead(200, {
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'accept-encoding',
    ...(isCompressed ? { 'content-encoding': 'br' } : {}),
  });
  // Not the time of each chunk: what timers are late by would be lost to the link.
  const began = performance.now();
  for (let from = 0; from < body.length && !outgoing.destroyed; from += chunkSize) {
    const chunk = body.subarray(from, from + chunkSize);
    await pause(clock.send(chunk.length, began) - performance.now());
    outgoing.write(chunk);
  }
  outgoing.end();
}

function acceptsBrotli(headers: IncomingHttpHeaders): boolean {
  return /\bbr\b/.test(String(headers['accept-encoding'] ?? ''));
}

async function pass(url: URL, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method, headers } = incoming;
  const onward = request(url, { method: method!, headers });
  incoming.pipe(onward);
  const [response] = (await once(onward, 'response')) as [IncomingMessage];
  outgoing.writeHead(response.statusCode!, response.headers);
  await pipeline(response, outgoing);
}
