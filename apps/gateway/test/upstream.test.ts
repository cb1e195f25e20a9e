import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildGateway, type GatewayOptions } from '@predcache/gateway';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RecordingEngine } from './support/recordingEngine.js';
import { errorOf, infer, inferBinary, send } from './support/requests.js';
import { testGateway } from './support/testGateway.js';

const input = (...data: readonly number[]) => ({
  inputs: [{ name: 'x', shape: [data.length], datatype: 'FP32', data }],
});

/** A gateway in front of a server. */
async function inFront(url: string, options: Partial<GatewayOptions> = {}): Promise<{ url: string }> {
  const app = await buildGateway({ upstream: { url, refreshAfter: 1, timeout: 5_000 }, ...options });
  onTestFinished(() => app.close());
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }) };
}

async function serverOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('in front of another server', () => {
  const engine = new RecordingEngine();
  const upstream = testGateway({ engine });

  it('answers as that one does, and runs identical requests there once', async () => {
    const gateway = await inFront(`${upstream.url}/v2`);
    const before = engine.inputs;
    const replies = await Promise.all(
      Array.from({ length: 200 }, () => infer(gateway, 'identity', input(1, 2))),
    );
    for (const { json } of replies)
      expect(json).toEqual({
        model_name: 'identity',
        model_version: '1',
        outputs: [{ name: 'y', shape: [2], datatype: 'FP32', data: [1, 2] }],
      });
    expect(engine.inputs - before).toBe(1);
    const hit = await infer(gateway, 'identity', input(1, 2));
    expect(hit.headers.get('cache-status')).toBe('predcache; hit');
    expect(engine.inputs - before).toBe(1);
  }, 30_000);

  it('says of models what that one says, at their versions too', async () => {
    const gateway = await inFront(upstream.url);
    for (const path of [
      '/v2/models/two-outputs',
      '/v2/models/two-outputs/versions/7',
      '/v2/models/add/ready',
    ])
      expect((await send(gateway.url + path)).json).toEqual((await send(upstream.url + path)).json);
    errorOf(await send(`${gateway.url}/v2/models/none`), 404);
    errorOf(await send(`${gateway.url}/v2/models/two-outputs/versions/8`), 404);
    const { json } = await infer(gateway, 'two-outputs/versions/7', {
      inputs: ['a', 'b'].map((name) => ({ ...input(1).inputs[0], name })),
    });
    expect(json).toMatchObject({ model_version: '7', outputs: [{ data: [2] }, { data: [1] }] });
    expect((await send(`${gateway.url}/v2/models`)).json).toMatchObject({
      models: [{ name: 'two-outputs', version: '7' }, { name: 'add' }].slice(0, 2),
    });
  });

  it('carries what JSON cannot', async () => {
    const gateway = await inFront(upstream.url);
    const odd = new Uint8Array(Float32Array.of(Number.NaN, -0, Number.POSITIVE_INFINITY).buffer);
    const head = {
      inputs: [{ name: 'x', shape: [3], datatype: 'FP32', parameters: { binary_data_size: 12 } }],
      parameters: { binary_data_output: true },
    };
    const reply = await inferBinary(gateway, 'identity', head, odd);
    expect(reply.status).toBe(200);
    expect(reply.body.subarray(-12)).toEqual(odd);
  });

  it('checks inputs itself, and passes on what only the model can say', async () => {
    const gateway = await inFront(upstream.url);
    const wrong = { inputs: [{ ...input(1).inputs[0], datatype: 'FP64' }] };
    expect(errorOf(await infer(gateway, 'identity', wrong), 400)).toContain("Input 'x' is FP64");
    const index = { inputs: [{ name: 'x', shape: [1], datatype: 'INT64', data: [99] }] };
    expect(errorOf(await infer(gateway, 'lookup', index), 400)).toContain('out of data bounds');
  });

  it('beside a folder, whose models come first', async () => {
    const own = new RecordingEngine();
    const { folder, remove } = (await import('./support/testModels.js')).temporaryFolder({
      'identity.onnx': (await import('./support/testModels.js')).testModels.identity!(),
    });
    onTestFinished(remove);
    const gateway = await inFront(upstream.url, { models: folder, engine: own });
    const before = engine.inputs;
    expect((await infer(gateway, 'identity', input(5))).status).toBe(200);
    expect([own.inputs, engine.inputs - before]).toEqual([1, 0]);
    expect((await send(`${gateway.url}/v2/models/add`)).status).toBe(200);
  });
});

describe('in front of a server that fails', () => {
  it('says so, without what that one said of itself, and known predictions go on answering', async () => {
    const engine = new RecordingEngine();
    const { folder, remove } = (await import('./support/testModels.js')).testModelsFolder();
    const behind = await buildGateway({ models: folder, engine });
    const url = await behind.listen({ host: '127.0.0.1', port: 0 });
    const gateway = await inFront(url);
    expect((await infer(gateway, 'identity', input(1))).status).toBe(200);
    await behind.close();
    remove();
    expect((await infer(gateway, 'identity', input(1))).json).toMatchObject({ outputs: [{ data: [1] }] });
    expect(errorOf(await infer(gateway, 'identity', input(2)), 502)).toBe(
      'The server behind this one failed',
    );
    errorOf(await send(`${gateway.url}/v2/models/add`), 502);
    expect((await send(`${gateway.url}/v2/health/ready`)).status).toBe(200);
  });

  it.each([
    [503, 503],
    [429, 429],
    [500, 502],
    [401, 502],
  ])(
    'with status %i gives %i',
    async (status, expected) => {
      const metadata = { name: 'm', versions: [], platform: 'x', inputs: [], outputs: [] };
      const url = await serverOf((request, response) => {
        request.resume();
        if (request.method === 'GET') response.end(JSON.stringify(request.url === '/v2' ? {} : metadata));
        else response.writeHead(status).end('{"error":"secret of the server"}');
      });
      const reply = await infer(await inFront(url), 'm', input(1));
      const said = errorOf(reply, expected);
      if (expected === 502) expect(said).not.toContain('secret');
      if (expected === 503) expect(reply.headers.get('retry-after')).not.toBeNull();
    },
    30_000,
  );

  it.each([
    ['a web page', 'text/html', '<html></html>'],
    ['no tensors', 'application/json', '{}'],
  ])('with %s gives 502', async (_what, type, body) => {
    const metadata = { name: 'm', versions: ['3'], platform: 'x', inputs: [], outputs: [] };
    const url = await serverOf((request, response) => {
      request.resume();
      if (request.method === 'GET') response.end(JSON.stringify(metadata));
      else response.writeHead(200, { 'content-type': type }).end(body);
    });
    errorOf(await infer(await inFront(url), 'm', input(1)), 502);
  });
});
