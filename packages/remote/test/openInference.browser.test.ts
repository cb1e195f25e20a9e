import { isPredcacheError } from '@predcache/core';
import { openInference } from '@predcache/remote';
import { expect, it } from 'vitest';

const model = { name: 'm', version: '1' };
const input = { x: { type: 'float32', dims: [1], data: Float32Array.of(1) } } as const;

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to reject');
}

it('finds a relative baseUrl beside the page, with the page’s own fetch', async () => {
  const error = await failure(openInference({ baseUrl: '/nothing-here/v2' }).run([input], { model }));
  if (!isPredcacheError(error)) throw error;
  // The test server knows no such route: a status or a page, but an answer.
  expect(['REMOTE_STATUS', 'REMOTE_PROTOCOL']).toContain(error.code);
  expect(error.where).toBe(`POST ${location.origin}/nothing-here/v2/models/m/infer`);
});

it('sends what servers expect, and reads the answer', async () => {
  const sent: Request[] = [];
  const engine = openInference({
    baseUrl: '/v2/',
    format: 'binary',
    fetch: async (url, init) => {
      sent.push(new Request(url, init));
      return Response.json({ outputs: [{ name: 'y', shape: [1], datatype: 'INT64', data: [7] }] });
    },
  });
  const { outputs } = await engine.run([input], { model });
  expect(outputs).toEqual([{ y: { type: 'int64', dims: [1], data: BigInt64Array.of(7n) } }]);
  const [request] = sent;
  expect(request?.url).toBe(`${location.origin}/v2/models/m/infer`);
  const body = await request!.arrayBuffer();
  const length = Number(request?.headers.get('inference-header-content-length'));
  expect(new Float32Array(body.slice(length))).toEqual(Float32Array.of(1));
});

it('cannot tell a closed port from a forbidden origin, and names both', async () => {
  const error = await failure(openInference({ baseUrl: 'http://127.0.0.1:9' }).run([input], { model }));
  if (!isPredcacheError(error)) throw error;
  expect(error.code).toBe('REMOTE_UNREACHABLE');
  expect(error.hint).toContain('CORS');
});

it('lets go of a request that is aborted', async () => {
  const reason = new Error('changed my mind');
  const controller = new AbortController();
  const running = failure(
    openInference({ baseUrl: '/v2' }).run([input], { model, signal: controller.signal }),
  );
  controller.abort(reason);
  expect(await running).toBe(reason);
});
