import { connect } from 'node:net';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { errorOf, infer, rawExchange, send } from './support/requests.js';
import { testGateway } from './support/testGateway.js';

const maxBodySize = 256 * 1024;
const gateway = testGateway({ limits: { maxBodySize } });

const numbers = Array.from({ length: 1000 }, (_, index) => index / 8);
const message = { inputs: [{ name: 'x', shape: [1000], datatype: 'FP32', data: numbers }] };
const plain = Buffer.from(JSON.stringify(message));
const codings = {
  gzip: [zlib.gzipSync, zlib.gunzipSync],
  'x-gzip': [zlib.gzipSync, zlib.gunzipSync],
  deflate: [zlib.deflateSync, zlib.inflateSync],
} as const;

/** Asks without a client that takes the coding away again. */
async function rawInfer(body: Uint8Array, headers: Readonly<Record<string, string>>) {
  const head = Object.entries({ 'content-length': String(body.length), connection: 'close', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const raw = await rawExchange(
    gateway.port,
    `POST /v2/models/identity/infer HTTP/1.1\r\nhost: x\r\n${head}\r\n`,
    body,
  );
  const end = raw.indexOf('\r\n\r\n');
  return { head: raw.toString('latin1', 0, end), body: raw.subarray(end + 4) };
}

describe('requests', () => {
  it.each(Object.keys(codings) as (keyof typeof codings)[])('may be compressed with %s', async (coding) => {
    const body = new Uint8Array(codings[coding][0](plain));
    const headers = { 'content-type': 'application/json', 'content-encoding': coding };
    expect((await infer(gateway, 'identity', body, headers)).json).toMatchObject({
      outputs: [{ data: numbers }],
    });
  });

  it('count their header as it was before', async () => {
    const data = new Uint8Array(Float32Array.from(numbers).buffer);
    const head = Buffer.from(
      JSON.stringify({
        inputs: [{ name: 'x', shape: [1000], datatype: 'FP32', parameters: { binary_data_size: 4000 } }],
      }),
    );
    const reply = await infer(
      gateway,
      'identity',
      new Uint8Array(zlib.gzipSync(Buffer.concat([head, data]))),
      {
        'content-encoding': 'gzip',
        'inference-header-content-length': String(head.length),
      },
    );
    expect(reply.json).toMatchObject({ outputs: [{ data: numbers }] });
  });

  it('that grow beyond the limit are refused while they grow', async () => {
    // 1 GB of spaces in 1 MB, and twice that again: more than a process that held it would be allowed here.
    const bomb = new Uint8Array(zlib.gzipSync(Buffer.alloc(maxBodySize * 200, ' ')));
    expect(bomb.length).toBeLessThan(maxBodySize);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 20; round++)
      errorOf(await infer(gateway, 'identity', bomb, { 'content-encoding': 'gzip' }), 413);
    expect(process.memoryUsage().rss - before).toBeLessThan(maxBodySize * 500);
    expect((await infer(gateway, 'identity', message)).status).toBe(200);
  });

  it.each([
    ['no gzip', plain],
    ['cut off', zlib.gzipSync(plain).subarray(0, 40)],
    ['damaged', Buffer.from(zlib.gzipSync(plain)).fill(7, 20, 60)],
    ['nothing', Buffer.alloc(0)],
  ])('that are %s are answered with 400', async (_what, body) => {
    errorOf(await infer(gateway, 'identity', new Uint8Array(body), { 'content-encoding': 'gzip' }), 400);
    expect((await send(`${gateway.url}/v2/health/live`)).status).toBe(200);
  });

  it('whose client goes away do no harm', async () => {
    const body = zlib.gzipSync(plain);
    const socket = connect(gateway.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `POST /v2/models/identity/infer HTTP/1.1\r\nhost: x\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, 100), () => socket.resetAndDestroy());
    await closed;
    expect((await infer(gateway, 'identity', message)).status).toBe(200);
  });
});

describe('answers', () => {
  it.each([
    ['gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['gzip, deflate, br', 'gzip'],
    ['gzip;q=0.5, deflate', 'deflate'],
    ['*', 'gzip'],
    ['gzip;q=0, *;q=0.1', 'deflate'],
  ] as const)('are compressed for who takes it: %s', async (accepted, coding) => {
    const uncompressed = await rawInfer(plain, {});
    for (let round = 0; round < 3; round++) {
      const { head, body } = await rawInfer(plain, { 'accept-encoding': accepted });
      expect(head).toMatch(new RegExp(`^content-encoding: ${coding}$`, 'im'));
      expect(head).toMatch(/^vary: .*accept-encoding$/im);
      expect(head).toMatch(new RegExp(`^etag: "[\\w-]{43}-${coding}"$`, 'im'));
      expect(body.length).toBeLessThan(uncompressed.body.length / 2);
      expect(codings[coding][1](body)).toEqual(uncompressed.body);
    }
    expect(uncompressed.head).not.toMatch(/content-encoding/i);
    expect(uncompressed.head).toMatch(/^vary: .*accept-encoding$/im);
  });

  it.each(['', 'identity', 'br', 'gzip;q=0', 'identity, gzip;q=0.5', 'gzip;q=x'])(
    'are as they are for "%s"',
    async (accepted) => {
      const { head } = await rawInfer(plain, { 'accept-encoding': accepted });
      expect(head).not.toMatch(/content-encoding/i);
    },
  );

  it('are as they are where that is smaller', async () => {
    const small = Buffer.from('{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}]}');
    expect((await rawInfer(small, { 'accept-encoding': 'gzip' })).head).not.toMatch(/content-encoding/i);
  });
});
