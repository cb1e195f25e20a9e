import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.css': 'text/css',
};

export interface SiteOptions {
  /** Where the site's files are. */
  readonly folder?: string;
  /** Sent with each of them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers what is none of the site's files; says whether it did. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface SiteServer {
  readonly url: string;
  /** Of every request, in order. */
  readonly paths: string[];
  close(): Promise<void>;
}

/** A server of static files whose headers a test decides upon. */
export async function serveSite({ folder, headers = {}, answer }: SiteOptions): Promise<SiteServer> {
  const paths: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://site.test');
    paths.push(pathname);
    // Browsers ask for it of their own accord, and would complain.
    if (pathname === '/favicon.ico') return void response.writeHead(204, headers).end();
    if (answer?.(request, response)) return;
    const file = folder === undefined ? undefined : path.join(folder, path.normalize(pathname));
    const isThere = file !== undefined && (await stat(file).catch(() => undefined))?.isFile();
    if (!isThere) return void response.writeHead(404, headers).end();
    const type = types[path.extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { ...headers, 'content-type': type });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    paths,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
