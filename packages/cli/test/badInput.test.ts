import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lookupModel } from '../../onnx/test/support/testModels.js';
import { buildCommand, type Ended, predcache } from './support/command.js';
import { encodeModule, languageModel, texts } from './support/languageId.js';
import { readPack } from './support/packs.js';
import { jsonLines, temporaryFolder } from './support/temporaryFolder.js';

const { url } = languageModel('small');

/** One line, and nothing that only a programmer would understand. */
function complaintOf(run: Ended): string {
  expect(run).toMatchObject({ status: 1, stdout: '' });
  expect(run.stderr.trim().split('\n')).toHaveLength(1);
  expect(run.stderr).not.toMatch(/undefined|\[object|node_modules/);
  return run.stderr;
}

describe('a line that cannot be predicted', { timeout: 60_000 }, () => {
  beforeAll(buildCommand, 120_000);

  it.each([
    ['{"text":', 'no JSON'],
    ['{"chars":[1,2]}', 'tensor "chars"'],
    ['{"chars":{"type":"int32","dims":[1,3],"data":[1,2]}}', 'dims [1, 3] hold 3 elements'],
    ['{"chars":{"type":"int32","dims":[1,1],"data":[1.5]}}', 'Element 0'],
    ['{"letters":{"type":"int32","dims":[1,1],"data":[1]}}', 'letters'],
    ['{"chars":{"type":"float32","dims":[1,1],"data":[1]}}', 'float32'],
    ['7', 'a number'],
  ])('ends the run with its number: %s', async (bad, said) => {
    const good = '{"chars":{"type":"int32","dims":[1,2],"data":[3,4]}}';
    const file = temporaryFolder({ 'inputs.jsonl': `${good}\n\n${bad}\n${good}\n` });
    const run = await predcache([
      'warm',
      '--model',
      url,
      '--inputs',
      file('inputs.jsonl'),
      '--out',
      file('p'),
    ]);
    const complaint = complaintOf(run);
    expect(complaint).toContain('inputs.jsonl, line 3');
    expect(complaint).toContain(said);
    expect(complaint).toContain('--skip-bad');
    expect(existsSync(file('p'))).toBe(false);
  });

  it('is counted and passed over when told to', async () => {
    const good = texts(50).map((text) => ({ text }));
    const bad = '{"text":7}\nno JSON\n';
    const file = temporaryFolder({
      'inputs.jsonl': jsonLines(good) + bad.repeat(15) + jsonLines(texts(52).map((text) => ({ text }))),
    });
    const args = [
      '--model',
      url,
      '--inputs',
      file('inputs.jsonl'),
      '--out',
      file('p'),
      '--encode',
      encodeModule,
    ];
    const run = await predcache(['warm', ...args, '--skip-bad']);
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('52 predictions');
    expect(run.stdout).toContain('30 bad lines passed over');
    const notes = run.stderr.trim().split('\n');
    expect(notes).toHaveLength(21);
    expect(notes[0]).toContain('line 51');
    expect(notes[0]).not.toContain('--skip-bad');
    expect(await readPack(file('p'))).toHaveLength(52);

    expect(await predcache(['warm', ...args, '--skip-bad', '--quiet'])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('may be one that the model itself fails on', async () => {
    const lines = ['1', '2', '9', '3'].map(
      (index) => `{"x":{"type":"int64","dims":[1],"data":[${index}]}}\n`,
    );
    const file = temporaryFolder({ 'lookup.onnx': lookupModel(), 'inputs.jsonl': lines.join('') });
    const args = ['--model', file('lookup.onnx'), '--inputs', file('inputs.jsonl'), '--out', file('p')];
    expect((await predcache(['warm', ...args])).stderr).toContain('line 3');
    const run = await predcache(['warm', ...args, '--skip-bad']);
    expect(run).toMatchObject({ status: 0 });
    expect(run.stdout).toContain('3 predictions');
    expect(run.stderr).toContain('line 3');
  });

  it('may not be every one', async () => {
    const file = temporaryFolder({ 'inputs.jsonl': 'a\nb\n' });
    const args = [
      '--model',
      url,
      '--inputs',
      file('inputs.jsonl'),
      '--out',
      file('p'),
      '--skip-bad',
      '--quiet',
    ];
    expect(complaintOf(await predcache(['warm', ...args]))).toContain('None of the 2 inputs');
    expect(existsSync(file('p'))).toBe(false);
  });
});

describe('files that are of no use', { timeout: 60_000 }, () => {
  beforeAll(buildCommand, 120_000);

  it.each<[string, Record<string, string>, string]>([
    ['no model', { model: 'absent.onnx' }, 'model file cannot be read'],
    ['a model that is none', { model: 'page.html' }, 'HTML page'],
    ['no inputs', { inputs: 'absent.jsonl' }, 'inputs cannot be read'],
    ['a folder of inputs', { inputs: '.' }, 'folder'],
    ['empty inputs', { inputs: 'empty.jsonl' }, 'There are no inputs'],
    ['a pack in no folder', { out: 'absent/p' }, 'absent'],
    ['a folder for a pack', { out: '.' }, 'It is a folder'],
    ['no module', { encode: 'absent.mjs' }, 'absent.mjs'],
    ['a module without encode', { encode: 'other.mjs' }, 'no function named encode'],
    ['a keyFrom without encodeVersion', { encode: 'half.mjs' }, 'encodeVersion'],
  ])('are told in one line: %s', async (_, given, said) => {
    const file = temporaryFolder({
      'page.html': '<!doctype html>',
      'inputs.jsonl': '{"chars":{"type":"int32","dims":[1,2],"data":[3,4]}}',
      'empty.jsonl': '\n \n',
      'other.mjs': 'export const decode = 1;',
      'half.mjs': 'export const encode = (x) => x; export const keyFrom = () => new Uint8Array(1);',
    });
    const defaults = { model: url, inputs: 'inputs.jsonl', out: 'p' };
    const flags = Object.entries({ ...defaults, ...given }).flatMap(([flag, value]) => [
      `--${flag}`,
      path.isAbsolute(value) ? value : file(value),
    ]);
    expect(complaintOf(await predcache(['warm', ...flags]))).toContain(said);
    expect(existsSync(file('p.partial'))).toBe(false);
  });
});
