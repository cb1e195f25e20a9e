import type { Tensor, Tensors } from '@predcache/core';
import { createPredictor, isPredcacheError } from '@predcache/core';
import {
  type Datatype,
  decodeInferRequest,
  encodeInferResponse,
  openInference,
  type TensorMetadata,
} from '@predcache/remote';
import { describe, expect, it } from 'vitest';
import { groupInputs } from '../src/batching/joinInputs.js';
import { splitOutputs } from '../src/batching/splitOutputs.js';
import { testServer } from './support/testServer.js';

const model = { name: 'm', version: '1' } as const;

function rows(...values: readonly (readonly number[])[]): Tensors {
  const width = values[0]!.length;
  return { x: { type: 'float32', dims: [values.length, width], data: Float32Array.from(values.flat()) } };
}

/** `y` is twice `x`, `n` the text of the first number of each row. A row that begins with -1 is refused. */
function compute({ x }: Tensors): Record<string, Tensor> {
  const data = x!.data as Float32Array;
  const [count = 0, width = 1] = x!.dims;
  const firsts = Array.from({ length: count }, (_, row) => data[row * width]!);
  if (firsts.includes(-1)) throw new Error('a row begins with -1');
  return {
    y: { type: 'float32', dims: x!.dims, data: data.map((element) => element * 2) },
    n: { type: 'string', dims: [count], data: firsts.map(String) },
  };
}

/** A server of a model with rows; gives the number of rows of each request. */
async function server(
  shape: readonly number[],
  change: (outputs: Record<string, Tensor>) => Record<string, Tensor> = (o) => o,
) {
  const batches: (number | undefined)[] = [];
  const metadata = (name: string, datatype: Datatype): TensorMetadata => ({ name, datatype, shape });
  const { url, requests } = await testServer((request, response, body) => {
    if (request.method === 'GET') {
      const inputs = [metadata('x', 'FP32')];
      response.end(JSON.stringify({ name: 'm', platform: 'test', inputs, outputs: [metadata('y', 'FP32')] }));
      return;
    }
    const { inputs } = decodeInferRequest(body, undefined);
    batches.push(inputs.x?.dims[0]);
    try {
      const message = encodeInferResponse({ outputs: change(compute(inputs)) }, () => 'json');
      response.writeHead(200, { ...message.headers }).end(message.body);
    } catch (error) {
      response.writeHead(400).end(JSON.stringify({ error: String(error) }));
    }
  });
  return { url, requests, batches };
}

const batch = [rows([1, 2]), rows([3, 4], [5, 6]), rows([7, 8])];
const answers = [
  { y: rows([2, 4]).x, n: { type: 'string', dims: [1], data: ['1'] } },
  { y: rows([6, 8], [10, 12]).x, n: { type: 'string', dims: [2], data: ['3', '5'] } },
  { y: rows([14, 16]).x, n: { type: 'string', dims: [1], data: ['7'] } },
];

describe('batching', () => {
  it('joins inputs along the first axis, asks for the metadata once, and splits the answer', async () => {
    const { url, batches, requests } = await server([-1, 2]);
    const engine = openInference({ baseUrl: url, maxBatchSize: 8 });
    for (let run = 0; run < 2; run++) expect((await engine.run(batch, { model })).outputs).toEqual(answers);
    expect(batches).toEqual([4, 4]);
    expect(requests.filter((request) => request === 'GET /v2/models/m')).toHaveLength(1);
  });

  it('keeps to so many rows', async () => {
    const { url, batches } = await server([-1, 2]);
    const engine = openInference({ baseUrl: url, maxBatchSize: 3 });
    expect((await engine.run(batch, { model })).outputs).toEqual(answers);
    expect(batches.sort()).toEqual([1, 3]);
  });

  it('does not join where the model has a fixed first axis, or gives another number of rows', async () => {
    const fixed = await server([1, 2]);
    const engine = openInference({ baseUrl: fixed.url, maxBatchSize: 8 });
    expect((await engine.run(batch, { model })).outputs).toEqual(answers);
    expect(fixed.batches.sort()).toEqual([1, 1, 2]);
    const odd = await server([-1, 2], ({ y }) => ({
      y: y!,
      mean: { type: 'float32', dims: [1], data: Float32Array.of(1) },
    }));
    const other = openInference({ baseUrl: odd.url, maxBatchSize: 8 });
    for (let run = 0; run < 2; run++) {
      const { outputs } = await other.run([rows([1, 2], [3, 4]), rows([5, 6], [7, 8])], { model });
      expect(outputs).toMatchObject([{ y: rows([2, 4], [6, 8]).x }, { y: rows([10, 12], [14, 16]).x }]);
    }
    // Together once, and never again.
    expect(odd.batches).toEqual([4, 2, 2, 2, 2]);
  });

  it('lets one bad input fail alone in a predictor', async () => {
    const { url, batches } = await server([-1, 2]);
    const engine = openInference({ baseUrl: url, maxBatchSize: 8, concurrency: 1 });
    const predictor = createPredictor({ model, inCloud: engine });
    const inputs = [rows([1, 2]), rows([-1, 4]), rows([7, 8])];
    const results = await Promise.allSettled(inputs.map((input) => predictor.predict(input)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const { reason } = results[1] as PromiseRejectedResult;
    expect(isPredcacheError(reason) && reason.details.status).toBe(400);
    expect(batches).toEqual([3, 1, 1, 1]);
    await predictor.dispose();
  });

  it('asks about stored predictions one by one', async () => {
    const { url, batches } = await server([-1, 2]);
    const engine = openInference({ baseUrl: url, maxBatchSize: 8 });
    await engine.run(batch, { model, etags: [undefined, '"a"', undefined] });
    expect(batches.sort()).toEqual([1, 1, 2]);
  });
});

it('groups only what differs in nothing but data and first axis', () => {
  const double: Tensors = { x: { type: 'float64', dims: [1, 2], data: Float64Array.of(1, 2) } };
  const scalar: Tensors = { x: { type: 'float32', dims: [], data: Float32Array.of(1) } };
  const uneven: Tensors = {
    ...rows([1, 2], [3, 4]),
    k: { type: 'int64', dims: [1], data: BigInt64Array.of(1n) },
  };
  const groups = groupInputs(
    [rows([1, 2]), rows([1, 2, 3]), double, scalar, scalar, uneven, uneven, rows([3, 4])],
    9,
  );
  expect(groups.map(({ indexes }) => indexes)).toEqual([[0, 7], [1], [2], [3], [4], [5], [6]]);
  expect(groups[0]!.inputs).toEqual(rows([1, 2], [3, 4]));
});

it('splits every kind of data, rows of no elements included', () => {
  const outputs: Tensors = {
    long: { type: 'int64', dims: [3], data: BigInt64Array.of(1n, 2n, 3n) },
    text: { type: 'string', dims: [3, 1], data: ['a', 'b', 'c'] },
    empty: { type: 'float32', dims: [3, 0], data: new Float32Array(0) },
  };
  const [first, second] = splitOutputs(outputs, [1, 2])!;
  expect(first).toEqual({
    long: { type: 'int64', dims: [1], data: BigInt64Array.of(1n) },
    text: { type: 'string', dims: [1, 1], data: ['a'] },
    empty: { type: 'float32', dims: [1, 0], data: new Float32Array(0) },
  });
  expect(second!.long).toEqual({ type: 'int64', dims: [2], data: BigInt64Array.of(2n, 3n) });
  expect(splitOutputs(outputs, [1, 1])).toBeUndefined();
});
