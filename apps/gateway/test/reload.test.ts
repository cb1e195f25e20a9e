import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createPredictor, type Tensors } from '@predcache/core';
import { buildGateway } from '@predcache/gateway';
import { onnxNode } from '@predcache/onnx/node';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { onnxModel } from '../../../packages/onnx/test/support/onnxModel.js';
import { infer, send } from './support/requests.js';
import { temporaryFolder } from './support/testModels.js';
import { modelEvents, watchModels } from './support/watchModels.js';

/** `y = x + shift` */
function shiftModel(shift: number): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['N'] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N'] }],
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', dims: [1], data: Float32Array.of(shift) }],
  });
}

interface Watched {
  readonly folder: string;
  readonly url: string;
  readonly app: FastifyInstance;
  /** What was logged, by message. */
  logged(message: string): readonly Record<string, unknown>[];
}

async function watched(files: Readonly<Record<string, Uint8Array | string>>): Promise<Watched> {
  const { folder, remove } = temporaryFolder(files);
  const lines: string[] = [];
  const logger = { level: 'info', stream: { write: (line: string) => void lines.push(line) } };
  const app = await buildGateway({ models: folder, watch: true, logger });
  onTestFinished(async () => {
    await app.close();
    remove();
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const logged = (message: string) =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === message);
  return { folder, url, app, logged };
}

/** Written beside, then renamed: there is never half of it. */
function replace(folder: string, name: string, content: Uint8Array | string): void {
  writeFileSync(path.join(folder, `${name}.part`), content);
  renameSync(path.join(folder, `${name}.part`), path.join(folder, name));
}

async function answer(gateway: { readonly url: string }, model = 'm', x = 10): Promise<unknown> {
  const input = { name: 'x', shape: [1], datatype: 'FP32', data: [x] };
  const { status, json } = await infer(gateway, model, { inputs: [input] });
  return status === 200 ? (json as { outputs: [{ data: [number] }] }).outputs[0].data[0] : status;
}

const patience = { timeout: 20_000 };

describe('a model file that changes', () => {
  it('is taken over, and its old answers with it', async () => {
    const gateway = await watched({ 'm.onnx': shiftModel(1) });
    for (let round = 0; round < 3; round++) expect(await answer(gateway)).toBe(11);
    replace(gateway.folder, 'm.onnx', shiftModel(2));
    await expect.poll(() => answer(gateway), patience).toBe(12);
    const [{ digest }] = ((await send(`${gateway.url}/v2/models`)).json as { models: [{ digest: string }] })
      .models;
    const file = await send(`${gateway.url}/models/m.onnx`);
    expect(file.headers.get('etag')).toBe(`"${digest}"`);
    expect(file.body).toEqual(shiftModel(2));
  }, 60_000);

  it('and is broken leaves the old one as it is, and says so; what comes next is taken over', async () => {
    const gateway = await watched({ 'm.onnx': shiftModel(1) });
    expect(await answer(gateway)).toBe(11);
    const kept = () => gateway.logged('changed file not taken over, the model stays as it was');
    replace(gateway.folder, 'm.onnx', '<!doctype html>');
    await expect.poll(() => kept().length, patience).toBe(1);
    expect(kept()[0]?.reason).toContain('It is no ONNX model');
    // Read rightly, and still nothing that can be loaded.
    replace(
      gateway.folder,
      'm.onnx',
      Buffer.from(Buffer.from(shiftModel(3)).toString('latin1').replace('Add', 'Odd'), 'latin1'),
    );
    await expect.poll(() => kept().length, patience).toBe(2);
    expect([await answer(gateway), await answer(gateway, 'm', 20)]).toEqual([11, 21]);
    replace(gateway.folder, 'm.onnx', shiftModel(4));
    await expect.poll(() => answer(gateway), patience).toBe(14);
  }, 60_000);

  it('gets no request between the old one and the new one', async () => {
    const gateway = await watched({ 'm.onnx': shiftModel(0) });
    const seen = new Set<unknown>();
    let isOver = false;
    const asking = (async () => {
      for (let x = 1; !isOver; x++) seen.add(((await answer(gateway, 'm', x)) as number) - x);
    })();
    for (const shift of [100, 200]) {
      replace(gateway.folder, 'm.onnx', shiftModel(shift));
      await expect.poll(() => seen.has(shift), patience).toBe(true);
    }
    isOver = true;
    await asking;
    expect([...seen]).toEqual([0, 100, 200]);
  }, 60_000);

  it('may change its version alone', async () => {
    const gateway = await watched({ 'm.onnx': shiftModel(1), 'm.json': '{"version":"1"}' });
    replace(gateway.folder, 'm.json', '{"version":"2"}');
    await expect
      .poll(async () => (await send(`${gateway.url}/v2/models/m`)).json?.versions, patience)
      .toEqual(['2']);
    expect((await send(`${gateway.url}/v2/models/m/versions/1`)).status).toBe(404);
    expect(await answer(gateway, 'm/versions/2')).toBe(11);
  }, 60_000);
});

describe('versions of a model', () => {
  it('lie in folders of their own, the latest answers, and they come and go', async () => {
    const gateway = await watched({ 'other.onnx': shiftModel(0), 'note.txt': 'not a model' });
    const put = (version: string, shift: number) => {
      mkdirSync(path.join(gateway.folder, 'm', version), { recursive: true });
      replace(path.join(gateway.folder, 'm', version), 'model.onnx', shiftModel(shift));
    };
    const versions = async () => (await send(`${gateway.url}/v2/models/m`)).json?.versions;
    put('9', 9);
    await expect.poll(versions, patience).toEqual(['9']);
    put('10', 10);
    await expect.poll(versions, patience).toEqual(['9', '10']);
    expect(await answer(gateway)).toBe(20);
    expect(await answer(gateway, 'm/versions/9')).toBe(19);
    expect((await send(`${gateway.url}/v2/models/m/versions/9/ready`)).json).toEqual({
      name: 'm',
      ready: true,
    });
    expect((await send(`${gateway.url}/v2/models/m/versions/11`)).status).toBe(404);
    const { model_stats: stats } = (await send(`${gateway.url}/v2/models/m/stats`)).json as {
      model_stats: { version: string; inference_count: number }[];
    };
    expect(stats.map(({ version, inference_count: count }) => [version, count])).toEqual([
      ['9', 1],
      ['10', 1],
    ]);
    rmSync(path.join(gateway.folder, 'm', '10'), { recursive: true });
    await expect.poll(versions, patience).toEqual(['9']);
    expect(await answer(gateway)).toBe(19);
  }, 60_000);

  it('may not be there twice', async () => {
    const { folder, remove } = temporaryFolder({ 'm.onnx': shiftModel(0) });
    onTestFinished(remove);
    mkdirSync(path.join(folder, 'm', '1'), { recursive: true });
    writeFileSync(path.join(folder, 'm', '1', 'model.onnx'), shiftModel(1));
    await expect(buildGateway({ models: folder })).rejects.toThrow(
      'There is another file for version 1 of m',
    );
  });
});

describe('who listens to the events', () => {
  it('learns of each model, and of what changes', async () => {
    const gateway = await watched({ 'm.onnx': shiftModel(1), 'n.onnx': shiftModel(1) });
    const controller = new AbortController();
    onTestFinished(() => controller.abort());
    const events = modelEvents(`${gateway.url}/v2/events`, controller.signal);
    const next = async () => (await events.next()).value;
    const { models } = (await send(`${gateway.url}/v2/models`)).json as { models: { digest: string }[] };
    expect(await next()).toEqual({ name: 'm', version: '1', digest: models[0]!.digest });
    expect(await next()).toMatchObject({ name: 'n' });
    replace(gateway.folder, 'm.onnx', shiftModel(2));
    const event = await next();
    expect(event).toMatchObject({ name: 'm', version: '1' });
    expect(event?.digest).not.toBe(models[0]!.digest);
  }, 60_000);

  it('can go over to the new file, and has the keys of the gateway then', async () => {
    const gateway = await watched({ 'm.onnx': shiftModel(1) });
    const predictor = createPredictor<Tensors, Tensors>({
      model: { name: 'm', version: '1', url: `${gateway.url}/models/m.onnx` },
      onDevice: onnxNode(),
    });
    const controller = new AbortController();
    const watching = watchModels(`${gateway.url}/v2/events`, predictor, controller.signal);
    const x = { type: 'float32', dims: [1], data: Float32Array.of(10) } as const;
    const predict = async () => [...((await predictor.predict({ x })).output.y!.data as Float32Array)];
    await expect.poll(() => predictor.model.integrity, patience).toMatch(/^sha256-/);
    expect(await predict()).toEqual([11]);
    replace(gateway.folder, 'm.onnx', shiftModel(2));
    await expect.poll(predict, patience).toEqual([12]);
    const { key } = await predictor.predict({ x });
    expect(await answer(gateway)).toBe(12);
    expect((await send(`${gateway.url}/v2/predictions/${key}`)).status).toBe(200);
    controller.abort();
    await watching;
    await predictor.dispose();
  }, 60_000);

  it('does not keep the gateway from stopping', async () => {
    const gateway = await watched({ 'm.onnx': shiftModel(1) });
    const events = modelEvents(`${gateway.url}/v2/events`, new AbortController().signal);
    expect((await events.next()).value).toMatchObject({ name: 'm' });
    await gateway.app.close();
    expect((await events.next()).done).toBe(true);
  });
});
