import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadProgress, Model, Tensors } from '@predcache/core';
import { onnxNode } from '@predcache/onnx/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sha256, vector } from '../support/engineModels.js';
import { externalModel } from '../support/externalModel.js';
import { failure } from '../support/failure.js';
import { modelServer } from '../support/modelServer.js';

const { model: graph, weights } = externalModel(3);

function engine() {
  const made = onnxNode();
  onTestFinished(() => made.dispose());
  return made;
}

async function served(): Promise<Model & { url: string }> {
  const server = await modelServer((request, response) => {
    const bytes = request.url === '/weights.data' ? weights : graph;
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  });
  const weightsUrl = server.url.replace('model.onnx', 'weights.data');
  return {
    name: 'm',
    version: '1',
    url: server.url,
    externalData: [{ path: 'weights.data', url: weightsUrl }],
  };
}

async function run(model: Model): Promise<number[]> {
  const { outputs } = await engine().run([vector(1, 2)], { model });
  return [...(Object.values(outputs[0] as Tensors)[0]!.data as Float32Array)];
}

describe('a model with its weights in a file of their own', () => {
  it('runs, downloaded', async () => {
    expect(await run(await served())).toEqual([3, 6]);
  });

  it('runs, read from the disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'predcache-external-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const url = join(folder, 'model.onnx');
    const data = join(folder, 'elsewhere.bin');
    await writeFile(url, graph);
    await writeFile(data, weights);
    const externalData = [{ path: 'weights.data', url: data, integrity: await sha256(weights) }];
    expect(await run({ name: 'm', version: '1', url, externalData })).toEqual([3, 6]);
  });

  it('counts the bytes of all files', async () => {
    const model = await served();
    const steps: LoadProgress[] = [];
    await engine().load({ model, onProgress: (step) => steps.push(step) });
    const size = graph.length + weights.length;
    expect(steps.at(-1)).toMatchObject({ phase: 'ready', loadedBytes: size, totalBytes: size });
  });

  it('checks each file', async () => {
    const model = await served();
    const [file] = model.externalData!;
    const integrity = await sha256(graph);
    const error = await failure(
      engine().load({ model: { ...model, externalData: [{ ...file!, integrity }] } }),
    );
    expect(error).toMatchObject({
      code: 'MODEL_INTEGRITY_MISMATCH',
      where: 'external data "weights.data" of model "m" version "1"',
      details: { actual: await sha256(weights) },
    });
  });

  it('says that they are missing when they are not listed', async () => {
    const { externalData: _none, ...model } = await served();
    expect(await failure(engine().load({ model }))).toMatchObject({
      code: 'MODEL_INVALID',
      hint: expect.stringContaining('externalData'),
    });
  });
});
