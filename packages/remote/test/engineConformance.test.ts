import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { engineConformance } from '@predcache/core/testing';
import { openInference } from '@predcache/remote';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doublingServer, floats, model } from './support/doublingServer.js';

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => doublingServer(request, response, Buffer.concat(parts)));
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

for (const [format, maxBatchSize] of [
  ['json', 1],
  ['binary', 1],
  ['auto', 8],
] as const) {
  engineConformance({
    name: `openInference with ${format}, ${maxBatchSize} at once`,
    create: () => {
      const { port } = server.address() as AddressInfo;
      return openInference({ baseUrl: `http://127.0.0.1:${port}/v2`, format, maxBatchSize });
    },
    model,
    inputs: [floats(1, 2), floats(3, 4), floats(-0, 5)],
    badInput: { x: { type: 'int8', dims: [1], data: Int8Array.of(1) } },
    test: { describe, it, expect },
  });
}
