import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keyOf as keyFor } from '@predcache/core';
import { onnxModel } from '../../../packages/onnx/test/support/onnxModel.js';
import type { SuiteOptions, SuiteResult } from '../suite.js';
import { median, noise, ratios } from '../support/samples.js';
import { interleave } from '../support/timing.js';
import { buildGatewayOnce } from './buildGatewayOnce.js';
import { Connection } from './requestLoad.js';
import { ServedProcess } from './servedProcess.js';

/** Connections at once. */
const connections = 8;

/** From one number to 4 kB of them. */
function wideModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['N', 1] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N', 1024] }],
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', dims: [1, 1024], data: new Float32Array(1024).fill(0.5) }],
  });
}

const message = JSON.stringify({
  inputs: [{ name: 'x', shape: [1, 1], datatype: 'FP32', data: [2] }],
  parameters: { binary_data_output: true },
});

const get = (target: string) => Buffer.from(`GET ${target} HTTP/1.1\r\nHost: bench\r\n\r\n`);
const post = (target: string) =>
  Buffer.from(
    `POST ${target} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${message.length}\r\n\r\n${message}`,
  );

/**
 * What a cached answer of 4 kB costs the gateway's processor, over a bare Fastify route that returns 4 kB from a Map.
 * `hitReqPerCpu` is of an inference, over a route that is sent the same body; beside it stand the inference over a bare
 * GET, which has no body to read, and a prediction that is asked for by its key over the same GET.
 */
export async function hitReqPerCpu({ isQuick }: SuiteOptions): Promise<SuiteResult> {
  await buildGatewayOnce();
  const models = await mkdtemp(path.join(tmpdir(), 'predcache-bench-'));
  const started: ServedProcess[] = [];
  try {
    await writeFile(path.join(models, 'wide.onnx'), wideModel());
    const bare = await ServedProcess.start('bareServer.mjs');
    started.push(bare);
    const gateway = await ServedProcess.start('gatewayServer.mjs', models);
    started.push(gateway);
    return await measure(bare, gateway, isQuick);
  } finally {
    await Promise.all(started.map((server) => server.close()));
    await rm(models, { recursive: true });
  }
}

async function measure(bare: ServedProcess, gateway: ServedProcess, isQuick: boolean): Promise<SuiteResult> {
  const infer = post('/v2/models/wide/infer');
  const key = await keyOf(gateway, infer);
  const count = isQuick ? 2_000 : 10_000;
  const of = (server: ServedProcess, request: Buffer) => () => cpuPerAnswer(server, request, count);
  const contestants = {
    bareGet: of(bare, get('/known')),
    barePost: of(bare, post('/known')),
    infer: of(gateway, infer),
    byKey: of(gateway, get(`/v2/predictions/${key}`)),
  };
  const samples = await interleave(isQuick ? 5 : 15, contestants);
  const row = (what: string, values: readonly number[]) => ({
    what,
    unit: 'µs CPU',
    median: median(values),
    noise: noise(values),
  });
  return {
    rows: [
      row('bare Fastify, GET, 4 kB from a Map', samples.bareGet),
      row('bare Fastify, POST, 4 kB from a Map', samples.barePost),
      row('gateway, infer, hit', samples.infer),
      row('gateway, prediction by key', samples.byKey),
    ],
    figures: {
      hitReqPerCpu: median(ratios(samples.infer, samples.barePost)),
      hitReqPerCpuOverGet: median(ratios(samples.infer, samples.bareGet)),
      hitByKeyPerCpu: median(ratios(samples.byKey, samples.bareGet)),
    },
  };
}

/** Makes the prediction known, and gives its key as a client makes it: the gateway does not tell it unless asked to. */
async function keyOf({ url }: ServedProcess, infer: Buffer): Promise<string> {
  const connection = await Connection.open(url);
  const first = await connection.ask(infer);
  const { models } = JSON.parse((await connection.ask(get('/v2/models'))).body.toString()) as {
    models: readonly { name: string; version: string; digest: string }[];
  };
  const hit = await connection.ask(infer);
  connection.close();
  if (!/cache-status: predcache; hit/i.test(hit.head) || !first.body.equals(hit.body))
    throw new Error(`The second answer is no hit: ${hit.head}`);
  const { name, version, digest } = models[0]!;
  return keyFor(
    { name, version, integrity: digest },
    { x: { type: 'float32', dims: [1, 1], data: Float32Array.of(2) } },
  );
}

/** µs of the server's processor for one answer. */
async function cpuPerAnswer(server: ServedProcess, request: Buffer, count: number): Promise<number> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(server.url)));
  try {
    const { head, body } = await open[0]!.ask(request);
    if (!/^HTTP\/1\.1 200 /.test(head) || body.length < 4096) throw new Error(`No answer of 4 kB: ${head}`);
    const size = head.length + 4 + body.length;
    const before = await server.cpu();
    await Promise.all(open.map((each) => each.repeat(request, Math.ceil(count / connections), size)));
    return ((await server.cpu()) - before) / (Math.ceil(count / connections) * connections);
  } finally {
    for (const each of open) each.close();
  }
}
