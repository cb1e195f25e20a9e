import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BytesServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Gives the same bytes at every address, to pages of any origin. */
export async function serveBytes(bytes: Uint8Array): Promise<BytesServer> {
  const server = createServer((_request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('content-type', 'application/octet-stream');
    response.setHeader('content-length', bytes.length);
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
