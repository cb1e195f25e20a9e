import { describe, expect, it } from 'vitest';
import { infer, inferBinary, send } from './support/requests.js';
import { testGateway } from './support/testGateway.js';
import { testModels } from './support/testModels.js';

const gateway = testGateway();

const floats = (...data: readonly number[]) => new Uint8Array(Float32Array.from(data).buffer);
const json = (name: string, ...data: readonly number[]) => ({
  name,
  shape: [data.length],
  datatype: 'FP32',
  data,
});
const binary = (name: string, length: number) => ({
  name,
  shape: [length],
  datatype: 'FP32',
  parameters: { binary_data_size: length * 4 },
});

describe('health and metadata', () => {
  it.each([
    ['/v2/health/live', { live: true }],
    ['/v2/health/ready', { ready: true }],
    [
      '/v2',
      {
        name: 'predcache-gateway',
        version: '0.1.0',
        extensions: ['binary_tensor_data', 'statistics', 'predcache_events', 'predcache_predictions'],
      },
    ],
    ['/v2/models/add/ready', { name: 'add', ready: true }],
    ['/v2/models/add/versions/1/ready', { name: 'add', ready: true }],
    [
      '/v2/models/add',
      {
        name: 'add',
        versions: ['1'],
        platform: 'onnx_onnxv1',
        inputs: [
          { name: 'a', datatype: 'FP32', shape: [-1, 2] },
          { name: 'b', datatype: 'FP32', shape: [-1, 2] },
        ],
        outputs: [{ name: 'sum', datatype: 'FP32', shape: [-1, 2] }],
      },
    ],
  ])('%s', async (path, expected) => {
    const { status, json: body } = await send(gateway.url + path);
    expect([status, body]).toEqual([200, expected]);
    expect((await send(gateway.url + path, { method: 'HEAD' })).status).toBe(200);
  });

  it('a version is the one beside the model', async () => {
    expect((await send(`${gateway.url}/v2/models/two-outputs/versions/7`)).json).toMatchObject({
      versions: ['7'],
    });
    expect((await send(`${gateway.url}/v2/models/two-outputs/versions/1`)).status).toBe(404);
  });
});

describe('infer', () => {
  const twice = { model_name: 'two-outputs', model_version: '7' };
  const sum = { name: 'sum', shape: [2], datatype: 'FP32' };
  const same = { name: 'same', shape: [2], datatype: 'FP32' };

  it('answers JSON with JSON, with the id it came with and every output', async () => {
    const reply = await infer(gateway, 'two-outputs', {
      id: '42',
      inputs: [json('a', 1, 2), json('b', 3, 4)],
    });
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(reply.json).toEqual({
      ...twice,
      id: '42',
      outputs: [
        { ...sum, data: [4, 6] },
        { ...same, data: [1, 2] },
      ],
    });
  });

  it('answers at a version as well', async () => {
    const reply = await infer(gateway, 'two-outputs/versions/7', { inputs: [json('a', 1), json('b', 2)] });
    expect(reply.json).toMatchObject({ ...twice, outputs: [{ data: [3] }, { data: [1] }] });
  });

  it.each(['application/json; charset=utf-8', 'application/octet-stream', 'application/vnd.api+json'])(
    'reads JSON sent as %s',
    async (type) => {
      const reply = await infer(gateway, 'identity', { inputs: [json('x', 1, 2)] }, { 'content-type': type });
      expect(reply.json).toMatchObject({ outputs: [{ data: [1, 2] }] });
    },
  );

  it('takes inputs in any order and nested, and gives outputs in the order asked for', async () => {
    const nested = {
      name: 'b',
      shape: [2, 2],
      datatype: 'FP32',
      data: [
        [1, 2],
        [3, 4],
      ],
    };
    const flat = { name: 'a', shape: [2, 2], datatype: 'FP32', data: [1, 1, 1, 1] };
    expect((await infer(gateway, 'add', { inputs: [nested, flat] })).json).toMatchObject({
      outputs: [{ name: 'sum', shape: [2, 2], data: [2, 3, 4, 5] }],
    });
    const inputs = [json('a', 1), json('b', 2)];
    const outputs = [{ name: 'same' }, { name: 'sum' }];
    const both = await infer(gateway, 'two-outputs', { inputs, outputs });
    expect(both.json?.outputs).toMatchObject([{ name: 'same' }, { name: 'sum' }]);
    const one = await infer(gateway, 'two-outputs', { inputs, outputs: [{ name: 'same' }] });
    expect(one.json?.outputs).toEqual([{ name: 'same', shape: [1], datatype: 'FP32', data: [1] }]);
  });

  it('reads binary and answers in JSON unless binary is asked for', async () => {
    const inputs = [binary('a', 2), binary('b', 2)];
    const reply = await inferBinary(gateway, 'two-outputs', { inputs }, floats(1, 2), floats(3, 4));
    expect(reply.json).toMatchObject({ outputs: [{ data: [4, 6] }, { data: [1, 2] }] });
    expect(reply.headers.get('inference-header-content-length')).toBeNull();
  });

  it('answers in binary when all outputs are asked for so, or some', async () => {
    const inputs = [json('a', 1, 2), json('b', 3, 4)];
    const all = await infer(gateway, 'two-outputs', { inputs, parameters: { binary_data_output: true } });
    expect(all.headers.get('content-type')).toBe('application/octet-stream');
    const length = Number(all.headers.get('inference-header-content-length'));
    expect(JSON.parse(Buffer.from(all.body.subarray(0, length)).toString())).toEqual({
      ...twice,
      outputs: [sum, same].map((output) => ({ ...output, parameters: { binary_data_size: 8 } })),
    });
    expect(all.body.subarray(length)).toEqual(new Uint8Array([...floats(4, 6), ...floats(1, 2)]));

    const outputs = [{ name: 'same', parameters: { binary_data: false } }, { name: 'sum' }];
    const some = await infer(gateway, 'two-outputs', {
      inputs,
      outputs,
      parameters: { binary_data_output: true },
    });
    const head = Number(some.headers.get('inference-header-content-length'));
    expect(JSON.parse(Buffer.from(some.body.subarray(0, head)).toString()).outputs[0]).toEqual({
      ...same,
      data: [1, 2],
    });
    expect(some.body.subarray(head)).toEqual(floats(4, 6));
  });

  it('reads a raw request, and answers it in binary', async () => {
    const reply = await infer(gateway, 'mlp_small', floats(...new Array<number>(32).fill(1)), {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': '0',
    });
    expect(reply.status).toBe(200);
    const length = Number(reply.headers.get('inference-header-content-length'));
    expect(JSON.parse(Buffer.from(reply.body.subarray(0, length)).toString()).outputs[0].shape).toEqual([
      2, 10,
    ]);
  });

  it('keeps 64-bit integers and text whole', async () => {
    const long = `{"inputs":[{"name":"x","shape":[2],"datatype":"INT64","data":[9007199254740993,-9223372036854775808]}]}`;
    const reply = await infer(gateway, 'identity-int64', long);
    expect(Buffer.from(reply.body).toString()).toContain('"data":[9007199254740993,-9223372036854775808]');
    const text = { name: 'x', shape: [2], datatype: 'BYTES', data: ['Grüße 👋', ''] };
    expect((await infer(gateway, 'identity-string', { inputs: [text] })).json).toMatchObject({
      outputs: [{ datatype: 'BYTES', data: ['Grüße 👋', ''] }],
    });
  });

  it('answers for an empty batch', async () => {
    const empty = { name: 'input0', shape: [0, 16], datatype: 'FP32', data: [] };
    const reply = await infer(gateway, 'mlp_small', { inputs: [empty] });
    expect(reply.json).toMatchObject({ outputs: [{ shape: [0, 10], data: [] }] });
  });

  it('carries NaN and infinities in binary', async () => {
    const odd = floats(Number.NaN, Number.POSITIVE_INFINITY, -0);
    const head = { inputs: [binary('x', 3)], parameters: { binary_data_output: true } };
    const reply = await inferBinary(gateway, 'identity', head, odd);
    expect(reply.body.subarray(Number(reply.headers.get('inference-header-content-length')))).toEqual(odd);
  });
});

describe('pages of other origins', () => {
  it.each(['/v2/models/add/infer', '/v2', '/nothing/here'])(
    'OPTIONS %s that is no preflight is answered without an error',
    async (path) => {
      const reply = await send(gateway.url + path, { method: 'OPTIONS' });
      expect(reply.status).toBe(204);
      expect(reply.body).toHaveLength(0);
      expect(reply.headers.get('access-control-allow-methods')).toContain('POST');
    },
  );

  it('may ask, with the protocol’s header, and read it', async () => {
    const preflight = await send(`${gateway.url}/v2/models/add/infer`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,inference-header-content-length',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    expect(preflight.headers.get('access-control-allow-headers')).toContain(
      'inference-header-content-length',
    );
    for (const path of ['/v2', '/v2/models/none', '/models/manifest.json']) {
      const { headers } = await send(gateway.url + path, { headers: { origin: 'https://app.example' } });
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-expose-headers')).toContain('Inference-Header-Content-Length');
    }
  });
});

describe('model files', () => {
  it('are listed with what an engine needs to know, and served as listed', async () => {
    const manifest = (await send(`${gateway.url}/models/manifest.json`)).json as unknown as {
      name: string;
      url: string;
      integrity: string;
      bytes: number;
    }[];
    expect(manifest.map(({ name }) => name)).toEqual(Object.keys(testModels).sort());
    for (const { name, url, integrity, bytes } of manifest) {
      const file = await send(gateway.url + url);
      expect(file.body).toEqual(testModels[name]!());
      expect(file.body.length).toBe(bytes);
      const digest = Buffer.from(await crypto.subtle.digest('SHA-256', file.body as BufferSource)).toString(
        'base64',
      );
      expect(integrity).toBe(`sha256-${digest}`);
    }
  });

  it('are not sent again to who has them', async () => {
    const url = `${gateway.url}/models/add.onnx`;
    const first = await send(url);
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe('no-cache');
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await send(url, { headers: { 'if-none-match': known }, cache: 'no-store' });
      expect([again.status, again.body.length]).toEqual([304, 0]);
    }
    expect((await send(url, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    const head = await send(url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(first.body.length));
  });
});
