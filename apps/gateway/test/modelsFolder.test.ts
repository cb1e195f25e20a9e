import { createHash } from 'node:crypto';
import { buildGateway } from '@predcache/gateway';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identityModel } from '../../../packages/onnx/test/support/testModels.js';
import { readModelsFolder } from '../src/models/modelsFolder.js';
import { temporaryFolder } from './support/testModels.js';

function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const { folder, remove } = temporaryFolder(files);
  onTestFinished(remove);
  return folder;
}

describe('the models folder', () => {
  it('gives its models by name, with digests and versions', async () => {
    const bytes = identityModel();
    const folder = folderOf({
      'b.onnx': bytes,
      'a.b.onnx': bytes,
      'b.json': '{"version":"2024-01.rc_1"}',
      'readme.txt': 'not a model',
      '.onnx': 'nameless',
    });
    const files = await readModelsFolder(folder);
    expect(files.map(({ name, version }) => [name, version])).toEqual([
      ['a.b', '1'],
      ['b', '2024-01.rc_1'],
    ]);
    expect(files[0]?.integrity).toBe(`sha256-${createHash('sha256').update(bytes).digest('base64')}`);
  });

  it.each(['not JSON', '[]', 'null', '{}', '{"version":{}}'])(
    'passes over JSON that is not about versions: %s',
    async (json) => {
      const [file] = await readModelsFolder(folderOf({ 'm.onnx': identityModel(), 'm.json': json }));
      expect(file?.version).toBe('1');
    },
  );

  it.each(['a/b', '..', '', 'x'.repeat(65)])('refuses the version "%s"', async (version) => {
    const folder = folderOf({ 'm.onnx': identityModel(), 'm.json': JSON.stringify({ version }) });
    await expect(readModelsFolder(folder)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });

  it('is refused when it is missing, empty, or holds what is no model', async () => {
    await expect(readModelsFolder('no/such/folder')).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    await expect(readModelsFolder(folderOf({}))).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    const folder = folderOf({ 'm.onnx': '<!doctype html>' });
    await expect(readModelsFolder(folder)).rejects.toThrow('m.onnx');
  });
});

describe('buildGateway', () => {
  it.each([
    ['models', { models: '' }],
    ['cacheSize', { models: 'models', cacheSize: 0 }],
    ['models', {}],
    ['answerCacheSize', { models: 'models', answerCacheSize: -1 }],
    ['ttl', { models: 'models', ttl: 0 }],
    ['apiKeys', { models: 'models', apiKeys: [] }],
    ['apiKeys', { models: 'models', apiKeys: ['a', ''] }],
    ['rateLimit', { models: 'models', apiKeys: ['a'], rateLimit: { perSecond: 0 } }],
    ['rateLimit', { models: 'models', rateLimit: { perSecond: 1 } }],
    ['limits.maxBodySize', { models: 'models', limits: { maxBodySize: 1.5 } }],
    ['limits.maxElements', { models: 'models', limits: { maxElements: 0 } }],
    ['limits.maxElements', { models: 'models', limits: { maxElements: Number.NaN } }],
  ])('refuses the option %s: %j', async (option, options) => {
    await expect(buildGateway(options)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining(option),
    });
  });
});
