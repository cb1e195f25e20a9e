import type { Tensor, Tensors } from '@predcache/core';
import { isPredcacheError } from '@predcache/core';
import { decodeInferRequest, encodeInferResponse } from '@predcache/remote';
import type { Handler } from './testServer.js';

/** A server of one model, `m`: `y = 2x` for float32. It answers in the format asked for, as the protocol says. */
export const doublingServer: Handler = (request, response, body) => {
  if (request.url?.endsWith('/ready')) {
    response.end();
    return;
  }
  try {
    const {
      id,
      inputs,
      outputFormat = 'json',
    } = decodeInferRequest(body, request.headers['inference-header-content-length'] as string | undefined);
    const message = encodeInferResponse({ modelName: 'm', id, outputs: double(inputs) }, () => outputFormat);
    response.writeHead(200, { ...message.headers }).end(message.body);
  } catch (error) {
    const said = isPredcacheError(error) ? error.message : String(error);
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: said }));
  }
};

function double({ x }: Tensors): Record<string, Tensor> {
  if (x?.type !== 'float32') throw new Error('expected a float32 tensor x');
  return { y: { type: 'float32', dims: x.dims, data: x.data.map((element) => element * 2) } };
}

export const model = { name: 'm', version: '1' } as const;

export function floats(...data: readonly number[]): Tensors {
  return { x: { type: 'float32', dims: [data.length], data: Float32Array.from(data) } };
}
