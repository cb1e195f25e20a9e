import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createPredictor,
  type Entry,
  encodeEntry,
  fromFunction,
  memory,
  type Tensors,
} from '@predcache/core';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { doublingServer } from '../../packages/remote/test/support/doublingServer.js';
import { chromiumArguments, findChromium } from '../../scripts/lib/chromium.mjs';
import { type ServedPage, servedPage } from '../support/servedPage.js';
import type { RemotePage } from './pages/remote.js';

const header = 'inference-header-content-length';

/** What the server lets pages of other origins send and read. */
let cors: Readonly<Record<string, string>> = {};
const seen: string[] = [];
const entries = new Map<string, Entry>();

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => answer(request, response, Buffer.concat(parts)));
});

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
  if (request.method === 'OPTIONS') {
    seen.push(`preflight ${request.headers['access-control-request-headers']}`);
    response.writeHead(204).end();
    return;
  }
  const key = /^\/v2\/predictions\/(.*)$/.exec(request.url ?? '')?.[1];
  if (key !== undefined) {
    const entry = entries.get(key);
    seen.push(entry === undefined ? 'key unknown' : 'key known');
    if (entry === undefined) response.writeHead(404).end();
    else
      response.writeHead(200, { 'content-type': 'application/vnd.predcache.entry' }).end(encodeEntry(entry));
    return;
  }
  if (request.url === '/v2') {
    response.setHeader('content-type', 'application/json');
    response.end('{"name":"s","version":"1","extensions":["binary_tensor_data"]}');
    return;
  }
  const sent = request.headers[header] === undefined ? 'json' : 'binary';
  const wanted = body.includes('"binary_data_output":true') ? 'binary' : 'json';
  seen.push(`infer ${sent} for ${wanted}`);
  doublingServer(request, response, body);
}

let served: ServedPage;
let browser: Browser;
let page: Page;
let baseUrl: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
  served = await servedPage('remote.html', { how: 'built', headers: {} });
  const executablePath = findChromium();
  browser = await chromium.launch({
    headless: true,
    args: [...chromiumArguments],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  seen.length = 0;
  // Each test is somebody else's visit: no preflight is remembered.
  const context = await browser.newContext();
  page = await context.newPage();
  await page.goto(served.url);
  await page.waitForFunction(() => 'remote' in globalThis);
  return () => context.close();
});

/** Calls the page's functions. */
const call = <Name extends keyof RemotePage>(name: Name, ...args: Parameters<RemotePage[Name]>) =>
  page.evaluate(
    ([method, parameters]) =>
      (globalThis as unknown as { remote: Record<string, (...given: readonly unknown[]) => unknown> }).remote[
        method
      ]!(...parameters),
    [name, args] as const,
  ) as Promise<Awaited<ReturnType<RemotePage[Name]>>>;

const anybody = { 'access-control-allow-origin': '*' };

it('goes in binary both ways where the server lets the page send and read the header', async () => {
  cors = {
    ...anybody,
    'access-control-allow-headers': `content-type, ${header}`,
    'access-control-expose-headers': header,
  };
  for (let run = 0; run < 2; run++) expect(await call('infer', baseUrl, 1_000)).toEqual({ last: 1_998 });
  expect(seen.filter((each) => each.startsWith('infer'))).toEqual([
    'infer binary for binary',
    'infer binary for binary',
  ]);
});

it('reads JSON where the header may be sent and not be read', async () => {
  cors = { ...anybody, 'access-control-allow-headers': `content-type, ${header}` };
  for (let run = 0; run < 2; run++) expect(await call('infer', baseUrl, 1_000)).toEqual({ last: 1_998 });
  expect(seen.filter((each) => each.startsWith('infer'))).toEqual([
    'infer binary for binary',
    'infer binary for json',
    'infer binary for json',
  ]);
});

it('sends JSON where the preflight refuses the header, and does not try again', async () => {
  cors = { ...anybody, 'access-control-allow-headers': 'content-type' };
  for (let run = 0; run < 2; run++) expect(await call('infer', baseUrl, 1_000)).toEqual({ last: 1_998 });
  expect(seen.filter((each) => each.includes(header))).toHaveLength(1);
  expect(seen.filter((each) => each.startsWith('infer'))).toEqual([
    'infer json for binary',
    'infer json for json',
    'infer json for json',
  ]);
});

it('is REMOTE_UNREACHABLE where the server lets nobody in', async () => {
  cors = {};
  expect(await call('infer', baseUrl, 1_000)).toEqual({ code: 'REMOTE_UNREACHABLE' });
});

it('asks by key without a preflight, and uploads the input only where nobody has asked before', async () => {
  cors = {
    ...anybody,
    'access-control-allow-headers': 'content-type',
    'access-control-expose-headers': header,
  };
  const first = await call('predict', baseUrl, 7);
  expect(first).toMatchObject({ source: 'in_cloud', last: 14 });
  expect(seen).toEqual(['key unknown', 'preflight content-type', 'infer json for json']);
  // What a gateway has from then on: the same model and input have the same key everywhere.
  const tier = memory();
  const gateway = createPredictor<Tensors, Tensors>({
    model: { name: 'm', version: '1' },
    tiers: [tier],
    inCloud: fromFunction((): Tensors => ({ y: { type: 'float32', dims: [1], data: Float32Array.of(14) } })),
  });
  const { key } = await gateway.predict({ x: { type: 'float32', dims: [1], data: Float32Array.of(7) } });
  expect(key).toBe(first.key);
  const [entry] = await tier.getMany([key]);
  entries.set(key, entry!);
  await gateway.dispose();
  seen.length = 0;
  expect(await call('predict', baseUrl, 7)).toMatchObject({ source: 'shared', last: 14 });
  expect(seen).toEqual(['key known']);
});
