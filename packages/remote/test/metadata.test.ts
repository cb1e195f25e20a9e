import { deflateSync, gzipSync } from 'node:zlib';
import { createPredictor, type Tensors } from '@predcache/core';
import { openInference } from '@predcache/remote';
import { expect, it } from 'vitest';
import { doublingServer, floats, model } from './support/doublingServer.js';
import { rejection } from './support/errors.js';
import { type Handler, testServer } from './support/testServer.js';

const described: Handler = (request, response, body) => {
  response.setHeader('content-type', 'application/json');
  if (request.url === '/v2') {
    response.end('{"name":"s","version":"2.1","extensions":["binary_tensor_data","statistics"]}');
  } else if (request.url === '/v2/models/m') {
    const x = { name: 'x', datatype: 'FP32', shape: [-1, 2] };
    const k = { name: 'k', datatype: 'INT64', shape: [1] };
    response.end(
      JSON.stringify({ name: 'm', versions: ['1', '2'], platform: 'p', inputs: [x, k], outputs: [x] }),
    );
  } else if (request.method === 'GET') response.writeHead(404).end('{"error":"unknown model"}');
  else doublingServer(request, response, body);
};

it('tells what the server and the model are, the versions among it', async () => {
  const server = await testServer(described);
  const engine = openInference({ baseUrl: server.url });
  expect(await engine.serverMetadata()).toEqual({
    name: 's',
    version: '2.1',
    extensions: ['binary_tensor_data', 'statistics'],
  });
  expect(await engine.modelMetadata({ model })).toMatchObject({ versions: ['1', '2'], platform: 'p' });
  await rejection(engine.modelMetadata({ model: { name: 'other', version: '1' } }), 'REMOTE_STATUS');
  const reason = new Error('changed my mind');
  await expect(engine.serverMetadata({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await engine.dispose();
  await rejection(engine.serverMetadata(), 'DISPOSED');
  await rejection(engine.signature({ model }), 'DISPOSED');
});

it('gives predictors the signature', async () => {
  const server = await testServer(described);
  const predictor = createPredictor({ model, inCloud: openInference({ baseUrl: server.url }) });
  expect(await predictor.signature()).toEqual({
    inputs: [
      { name: 'x', type: 'float32', dims: [undefined, 2] },
      { name: 'k', type: 'int64', dims: [1] },
    ],
    outputs: [{ name: 'x', type: 'float32', dims: [undefined, 2] }],
    // One input has a first axis of its own.
    isBatched: false,
  });
  await predictor.dispose();
});

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
] as const)('reads answers in %s, in both formats', async (encoding, pack) => {
  const server = await testServer((request, response, body) => {
    expect(request.headers['accept-encoding']).toContain(encoding);
    const plain = response.end.bind(response);
    response.end = ((bytes: Uint8Array) => plain(pack(bytes))) as typeof response.end;
    response.setHeader('content-encoding', encoding);
    doublingServer(request, response, body);
  });
  for (const format of ['json', 'binary'] as const) {
    const { outputs } = await openInference({ baseUrl: server.url, format }).run([floats(1, 2)], { model });
    expect((outputs[0] as Tensors).y?.data).toEqual(Float32Array.of(2, 4));
  }
});
