import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { fromFunction, type Tensors } from '@predcache/core';
import { buildGateway } from '@predcache/gateway';
import { afterEach, describe, expect, it } from 'vitest';
import { errorOf, infer, inferBinary, parseRaw, rawExchange, send } from './support/requests.js';
import { testGateway } from './support/testGateway.js';
import { testModelsFolder } from './support/testModels.js';

const maxBodySize = 64 * 1024;
const gateway = testGateway({ limits: { maxBodySize } });

const x = { name: 'x', shape: [1], datatype: 'FP32', data: [5] };
const bytes = (length: number) => ({ ...x, data: undefined, parameters: { binary_data_size: length } });

afterEach(async () => {
  const reply = await infer(gateway, 'identity', { inputs: [x] });
  expect(reply.json, 'the next request is answered').toMatchObject({ outputs: [{ data: [5] }] });
});

describe('a message that is malformed is answered with 400', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['an array', '[]'],
    ['no inputs', '{}'],
    ['deep JSON', '['.repeat(30_000)],
    ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['bare NaN', '{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[NaN]}]}'],
    ['an unknown datatype', { inputs: [{ ...x, datatype: 'FP31' }] }],
    ['a negative length', { inputs: [{ ...x, shape: [-1] }] }],
    ['a shape whose product overflows', { inputs: [{ ...x, shape: [2 ** 52, 2 ** 52, 2 ** 52] }] }],
    ['a shape that the data does not have', { inputs: [{ ...x, shape: [2] }] }],
    ['FP16 as JSON', { inputs: [{ ...x, datatype: 'FP16' }] }],
    ['two inputs of one name', { inputs: [x, x] }],
    ['bytes announced without their header', { inputs: [bytes(4)] }],
    ['an output asked for twice', { inputs: [x], outputs: [{ name: 'y' }, { name: 'y' }] }],
  ])('%s', async (_what, message) => {
    errorOf(await infer(gateway, 'identity', message), 400);
  });

  it.each([
    ['too few bytes', bytes(4), 2],
    ['too many bytes', bytes(4), 6],
    ['a size the shape does not have', bytes(8), 8],
    ['a negative size', bytes(-4), 4],
  ])('%s', async (_what, input, length) => {
    errorOf(await inferBinary(gateway, 'identity', { inputs: [input] }, new Uint8Array(length)), 400);
  });

  it.each(['-1', '1e3', 'many', '99999999', '18446744073709551616'])(
    'a header length of %s',
    async (length) => {
      const headers = {
        'content-type': 'application/octet-stream',
        'inference-header-content-length': length,
      };
      const said = errorOf(await infer(gateway, 'identity', JSON.stringify({ inputs: [x] }), headers), 400);
      expect(said).toContain('Inference-Header-Content-Length');
    },
  );

  it('a raw request for a model whose shape cannot be told', async () => {
    const headers = { 'content-type': 'application/octet-stream', 'inference-header-content-length': '0' };
    errorOf(await infer(gateway, 'add', new Uint8Array(16), headers), 400);
    errorOf(await infer(gateway, 'identity-string', new Uint8Array(16), headers), 400);
    errorOf(await infer(gateway, 'identity', new Uint8Array(3), headers), 400);
  });
});

describe('inputs that are not those of the model are answered with 400, by name', () => {
  const a = { name: 'a', shape: [1, 2], datatype: 'FP32', data: [1, 2] };
  const b = { ...a, name: 'b' };

  it.each([
    ['a missing input', [a], "Input 'b' is missing"],
    ['an unknown input', [a, b, { ...a, name: 'c' }], "no input 'c'"],
    ['an input of another type', [a, { ...b, datatype: 'FP64' }], "Input 'b' is FP64, expected FP32"],
    ['an input of another rank', [a, { ...b, shape: [2] }], "Input 'b' has shape [2], expected [-1, 2]"],
    [
      'an input of another length',
      [a, { ...b, shape: [2, 1] }],
      "Input 'b' has shape [2, 1], expected [-1, 2]",
    ],
  ])('%s', async (_what, inputs, said) => {
    expect(errorOf(await infer(gateway, 'add', { inputs }), 400)).toContain(said);
  });

  it('an unknown output', async () => {
    const message = { inputs: [x], outputs: [{ name: 'z' }] };
    expect(errorOf(await infer(gateway, 'identity', message), 400)).toContain("no output 'z'; it gives 'y'");
  });
});

describe('values that the model refuses are answered with 400', () => {
  it('with what the runtime said', async () => {
    const index = (value: number) => ({
      inputs: [{ name: 'x', shape: [1], datatype: 'INT64', data: [value] }],
    });
    expect(errorOf(await infer(gateway, 'lookup', index(99)), 400)).toContain('out of data bounds');
    expect((await infer(gateway, 'lookup', index(2))).json).toMatchObject({ outputs: [{ data: [30] }] });
  });
});

describe('a fault of ours is answered with 500, without its insides', () => {
  it('and is logged', async () => {
    const { folder, remove } = testModelsFolder();
    const lines: string[] = [];
    const engine = fromFunction(() => {
      throw new Error('no memory at 0xdeadbeef');
    });
    const logger = { level: 'error', stream: { write: (line: string) => void lines.push(line) } };
    const app = await buildGateway({ models: folder, engine, logger });
    const request = { method: 'POST', url: '/v2/models/identity/infer', payload: { inputs: [x] } } as const;
    for (let round = 0; round < 2; round++) {
      const { statusCode, body } = await app.inject(request);
      expect([statusCode, body]).toEqual([500, '{"error":"The model failed"}']);
    }
    expect(lines.join('')).toContain('0xdeadbeef');
    await app.close();
    remove();
  });
});

describe('an answer that JSON cannot carry is answered with 406 and the way out', () => {
  it('when it holds NaN', async () => {
    const nan = new Uint8Array(Float32Array.of(Number.NaN).buffer);
    const said = errorOf(await inferBinary(gateway, 'identity', { inputs: [bytes(4)] }, nan), 406);
    expect(said).toContain('binary');
  });
});

describe('what is not there is answered with 404', () => {
  it.each([
    ['POST', '/v2/models/none/infer'],
    ['POST', '/v2/models/identity/versions/9/infer'],
    ['GET', '/v2/models/none'],
    ['GET', '/v2/models/none/ready'],
    ['GET', '/v2/models/identity/versions/9'],
    ['GET', '/v2/models/identity/versions/9/ready'],
    ['GET', '/v2/models/__proto__'],
    ['GET', '/v2/models/..%2F..%2Fetc'],
    ['GET', '/models/none.onnx'],
    ['GET', '/models/identity'],
    ['GET', '/models/..%2Fpackage.json'],
    ['GET', '/'],
    ['GET', '/v2/unknown'],
  ])('%s %s', async (method, path) => {
    const body = method === 'POST' ? JSON.stringify({ inputs: [x] }) : null;
    const headers = body === null ? {} : { 'content-type': 'application/json' };
    errorOf(await send(gateway.url + path, { method, headers, body }), 404);
  });
});

it('a name that is too long is answered with 414', async () => {
  const said = errorOf(await send(`${gateway.url}/v2/models/${'x'.repeat(2000)}`), 414);
  expect(said.length).toBeLessThan(600);
});

describe('another method is answered with 405 and the right one', () => {
  it.each([
    ['GET', '/v2/models/identity/infer', 'POST'],
    ['PUT', '/v2/models/identity/versions/1/infer', 'POST'],
    ['DELETE', '/v2/models/identity', 'GET, HEAD'],
    ['POST', '/v2/health/live', 'GET, HEAD'],
    ['PATCH', '/models/manifest.json', 'GET, HEAD'],
  ])('%s %s', async (method, path, allowed) => {
    const reply = await send(gateway.url + path, { method });
    errorOf(reply, 405);
    expect(reply.headers.get('allow')).toBe(allowed);
  });
});

describe('a body that is too large is answered with 413', () => {
  const large = JSON.stringify({ inputs: [{ ...x, data: new Array(maxBodySize).fill(1) }] });

  it('when it says how long it is', async () => {
    errorOf(await infer(gateway, 'identity', large), 413);
  });

  it('when it comes in chunks', async () => {
    const chunk = `${(1024).toString(16)}\r\n${'1'.repeat(1024)}\r\n`;
    const answer = await rawExchange(
      gateway.port,
      'POST /v2/models/identity/infer HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
        'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
      chunk.repeat(100),
      '0\r\n\r\n',
    );
    expect(parseRaw(answer)).toEqual({ status: 413, json: { error: expect.any(String) } });
  });

  it('also to a client that writes it to its end before it reads, and the connection goes on', async () => {
    const body = 'x'.repeat(4 * 1024 * 1024);
    const answer = await rawExchange(
      gateway.port,
      `POST /v2/models/identity/infer HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`,
      body,
      'GET /v2/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    const statuses = [...answer.toString('latin1').matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(['413', '200']);
    expect(answer.toString()).toContain('{"live":true}');
  });

  it('only after its end to a client that wants the connection closed', async () => {
    const received: Buffer[] = [];
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('data', (data) => received.push(data));
    const closed = once(socket, 'close');
    const arrived = once(gateway.app.server, 'request');
    socket.write(
      'POST /v2/models/identity/infer HTTP/1.1\r\nHost: x\r\nConnection: close\r\n' +
        `Content-Length: ${2 * maxBodySize}\r\n\r\n`,
    );
    socket.write('x'.repeat(maxBodySize));
    await arrived;
    // Asked later on another connection: once that is answered, an early answer would be here as well.
    await send(`${gateway.url}/v2/health/live`);
    expect(received).toEqual([]);
    socket.write('x'.repeat(maxBodySize));
    expect(await closed).toEqual([false]);
    expect(parseRaw(Buffer.concat(received))).toEqual({ status: 413, json: { error: expect.any(String) } });
  });

  it('but one that just fits is read', async () => {
    const head = JSON.stringify({ inputs: [{ ...x, data: [5] }] });
    expect((await infer(gateway, 'identity', head + ' '.repeat(maxBodySize - head.length))).status).toBe(200);
    errorOf(await infer(gateway, 'identity', head + ' '.repeat(maxBodySize - head.length + 1)), 413);
  });
});

describe('a body of another kind is answered with 415', () => {
  it.each([
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'nonsense',
  ])('%s', async (type) => {
    errorOf(await infer(gateway, 'identity', { inputs: [x] }, { 'content-type': type }), 415);
  });

  it.each(['br', 'gzip, gzip', 'nonsense'])('also when it is compressed as %s', async (encoding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    expect(errorOf(await infer(gateway, 'identity', { inputs: [x] }, headers), 415)).toContain(encoding);
  });
});

it('a body without a content type is read', async () => {
  const body = new TextEncoder().encode(JSON.stringify({ inputs: [x] }));
  expect((await infer(gateway, 'identity', body, {})).status).toBe(200);
});

it('a client that goes away before its answer ends the computation, and that is no fault', async () => {
  const { folder, remove } = testModelsFolder();
  const lines: string[] = [];
  const signals: AbortSignal[] = [];
  const engine = fromFunction((_input: Tensors, { signal }) => {
    signals.push(signal);
    return new Promise<Tensors>(() => undefined);
  });
  const logger = { level: 'error', stream: { write: (line: string) => void lines.push(line) } };
  const app = await buildGateway({ models: folder, engine, logger });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const controller = new AbortController();
  const request = send(`${url}/v2/models/identity/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: [x] }),
    signal: controller.signal,
  });
  const refused = expect(request).rejects.toThrow();
  await expect.poll(() => signals.length).toBe(1);
  controller.abort();
  await refused;
  await expect.poll(() => signals[0]?.aborted).toBe(true);
  await app.close();
  expect(lines).toEqual([]);
  remove();
});

describe('what is hardly HTTP is answered too', () => {
  it.each([
    [
      'a path that cannot be decoded',
      'GET /v2/models/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      400,
    ],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 400],
    ['an unknown method', 'BREW /v2 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a header too long', `GET /v2 HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
    [
      'a length that is none',
      'POST /v2/models/identity/infer HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n',
      400,
    ],
    [
      'a chunk that is none',
      'POST /v2/models/identity/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
      400,
    ],
  ])('%s', async (_what, request, expected) => {
    const { status, json } = parseRaw(await rawExchange(gateway.port, request));
    expect([status, json]).toEqual([expected, { error: expect.any(String) }]);
  });

  it('and a client that goes away in the middle of its body does no harm', async () => {
    const { server } = gateway.app;
    const arrived = once(server, 'request');
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(
      'POST /v2/models/identity/infer HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
        'Content-Length: 100\r\n\r\n{"inputs":',
    );
    const [, response] = (await arrived) as [unknown, ServerResponse];
    const gone = once(response, 'close');
    socket.resetAndDestroy();
    await gone;
  });
});
