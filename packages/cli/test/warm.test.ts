import { existsSync, readFileSync } from 'node:fs';
import {
  createPredictor,
  type Entry,
  fromFunction,
  memory,
  type PredictorOptions,
  type Tensors,
} from '@predcache/core';
import { onnxNode } from '@predcache/onnx/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCommand, predcache } from './support/command.js';
import { encode } from './support/encodeText.mjs';
import * as keyFromText from './support/keyFromText.mjs';
import { encodeModule, keyFromModule, languageModel, texts } from './support/languageId.js';
import { bitsOf, readPack, timeless } from './support/packs.js';
import { jsonLines, temporaryFolder } from './support/temporaryFolder.js';

interface Text {
  readonly text: string;
}

const model = languageModel('small');
// The last one is so long that its key is made by WebCrypto, later than the others'.
const inputs: readonly Text[] = [...texts(40), 'Guten Morgen! '.repeat(200)].map((text) => ({ text }));

type Options = Partial<PredictorOptions<Text, Tensors, Tensors>>;

/** What a predictor made by hand answers and stores. */
async function predictByHand(
  options: Options,
): Promise<{ keys: string[]; outputs: unknown[]; stored: Entry[] }> {
  const tier = memory();
  const predictor = createPredictor<Text, Tensors, Tensors>({
    model,
    encode,
    tiers: [tier],
    onDevice: onnxNode({ runtime: 'web' }),
    ...options,
  });
  const predictions = await predictor.predictMany(inputs);
  const keys = predictions.map(({ key }) => key);
  const stored = (await tier.getMany(keys)).filter((entry) => entry !== undefined);
  await predictor.dispose();
  return { keys, outputs: predictions.map(({ output }) => bitsOf(output)), stored };
}

/** A page that has loaded the pack and whose engines do not work. */
async function answersFrom(pack: readonly Entry[], options: Options): Promise<readonly unknown[]> {
  const tier = memory();
  await tier.setMany(pack);
  const broken = fromFunction<Text, Tensors>(() => Promise.reject(new Error('It must not be asked')));
  const predictor = createPredictor<Text, Tensors, Tensors>({
    model,
    encode,
    tiers: [tier],
    inCloud: broken,
    ...options,
  });
  const predictions = await predictor.predictMany(inputs);
  await predictor.dispose();
  return predictions.map(({ output, source }) => [source, bitsOf(output)]);
}

describe('a warm pack', { timeout: 60_000 }, () => {
  beforeAll(buildCommand, 120_000);

  it.each<[string, string, Options]>([
    ['encode', encodeModule, {}],
    ['keyFrom', keyFromModule, { keyFrom: keyFromText.keyFrom, encodeVersion: keyFromText.encodeVersion }],
  ])(
    'of texts by %s holds what a predictor stores, under the keys it looks for',
    async (_, module, options) => {
      const file = temporaryFolder({ 'inputs.jsonl': jsonLines(inputs) });
      const began = Date.now();
      const run = await predcache([
        'warm',
        ...[
          '--model',
          model.url,
          '--inputs',
          file('inputs.jsonl'),
          '--out',
          file('pack.bin'),
          '--encode',
          module,
        ],
      ]);
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(run.stdout).toMatch(/pack\.bin: 41 predictions, [\d.]+ kB\n$/);
      const pack = await readPack(file('pack.bin'));
      const byHand = await predictByHand(options);
      expect(new Set(pack.map(({ key }) => key))).toEqual(new Set(byHand.keys));
      const byKey = (entries: readonly Entry[]) =>
        new Map(entries.map((entry) => [entry.key, timeless(entry)] as const));
      expect(byKey(pack)).toEqual(byKey(byHand.stored));
      for (const { createdAt, cost } of pack) {
        expect(createdAt).toBeGreaterThanOrEqual(began);
        expect(createdAt).toBeLessThanOrEqual(Date.now());
        expect(cost).toBeGreaterThan(0);
      }
      expect(await answersFrom(pack, options)).toEqual(byHand.outputs.map((output) => ['memory', output]));
      expect(existsSync(file('pack.bin.partial'))).toBe(false);
    },
  );

  it('is of the same keys from tensors on standard input, each computed once', async () => {
    const file = temporaryFolder();
    const lines = [...inputs, ...inputs.slice(0, 7)].map((input) => {
      const { chars } = encode(input) as { chars: Extract<Tensors[string], { type: 'int32' }> };
      return { chars: { ...chars, data: Array.from(chars.data) } };
    });
    const args = ['--model', model.url, '--inputs', '-', '--out', file('pack.bin')];
    const run = await predcache(['warm', ...args], jsonLines(lines));
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('41 predictions');
    expect(run.stdout).toContain('7 duplicates');
    const { keys } = await predictByHand({});
    expect((await readPack(file('pack.bin'))).map(({ key }) => key).sort()).toEqual(keys.sort());
  });

  it.each<[readonly string[], Options['model']]>([
    [['--name', 'languages', '--version', '2025-11'], { ...model, name: 'languages', version: '2025-11' }],
    [['--no-integrity'], { ...model, integrity: undefined }],
    [['--integrity', model.integrity!], model],
  ])('with %j is of the model that a page names so', async (flags, named) => {
    const file = temporaryFolder({ 'inputs.jsonl': jsonLines(inputs) });
    const args = ['--model', model.url, '--inputs', file('inputs.jsonl'), '--out', file('pack.bin')];
    const run = await predcache(['warm', ...args, '--encode', encodeModule, ...flags, '--quiet']);
    expect(run).toEqual({ status: 0, stdout: '', stderr: '' });
    const answers = await answersFrom(await readPack(file('pack.bin')), { model: named! });
    expect(answers).toHaveLength(inputs.length);
  });

  it('is not written where the model is another file than the one named', async () => {
    const file = temporaryFolder({ 'inputs.jsonl': jsonLines(inputs), 'pack.bin': 'the last one' });
    const { integrity } = languageModel('large');
    const args = ['--model', model.url, '--inputs', file('inputs.jsonl'), '--out', file('pack.bin')];
    const run = await predcache(['warm', ...args, '--encode', encodeModule, '--integrity', integrity!]);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('The model file is not the one expected');
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
    expect(readFileSync(file('pack.bin'), 'utf8')).toBe('the last one');
    expect(existsSync(file('pack.bin.partial'))).toBe(false);
  });
});
