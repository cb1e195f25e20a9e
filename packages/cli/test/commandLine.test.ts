import { beforeAll, describe, expect, it } from 'vitest';
import { readCommandLine } from '../src/cli/commandLine.js';
import { buildCommand, predcache } from './support/command.js';

const least = ['warm', '--model', 'm.onnx', '--inputs', 'i.jsonl', '--out', 'p.bin'];
const hash = `sha256-${'A'.repeat(43)}=`;

describe('readCommandLine', () => {
  it('needs three flags, and leaves the rest to warm', () => {
    expect(readCommandLine(least)).toEqual({
      warm: { model: 'm.onnx', inputs: 'i.jsonl', out: 'p.bin', skipBad: false, restart: false },
      quiet: false,
    });
  });

  it('reads every flag', () => {
    const flags = ['--name=n', '--version', '2', '--integrity', hash, '--encode', 'e.mjs'];
    expect(readCommandLine([...least, ...flags, '--skip-bad', '--restart', '--quiet'])).toEqual({
      warm: {
        ...{ model: 'm.onnx', inputs: 'i.jsonl', out: 'p.bin', name: 'n', version: '2', integrity: hash },
        ...{ encode: 'e.mjs', skipBad: true, restart: true },
      },
      quiet: true,
    });
    expect(readCommandLine([...least, '--no-integrity'])?.warm.integrity).toBe(false);
    expect(readCommandLine(['--help'])).toBeUndefined();
    expect(readCommandLine(['warm', '-h'])).toBeUndefined();
  });

  it.each([
    [[], 'No command'],
    [['cool'], "'cool'"],
    [['warm'], '--model is missing'],
    [least.slice(0, 5), '--out is missing'],
    [[...least, 'more'], "'more'"],
    [[...least, '--modle', 'x'], '--modle'],
    [[...least, '--name'], '--name'],
    [[...least, '--name', ''], '--name is empty'],
    [[...least, '--integrity', 'sha256-x'], "'sha256-x'"],
    [[...least, '--integrity', hash, '--no-integrity'], 'contradict'],
    [[...least, '--quiet=yes'], '--quiet'],
  ])('refuses %j', (args, said) => {
    expect(() => readCommandLine(args)).toThrowError(expect.objectContaining({ name: 'UsageError' }));
    expect(() => readCommandLine(args)).toThrowError(said);
  });
});

describe('the command', { timeout: 60_000 }, () => {
  beforeAll(buildCommand, 120_000);

  it('explains itself', async () => {
    const run = await predcache(['--help']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('--inputs FILE');
  });

  it('says what is wrong with a flag, and how to use it', async () => {
    const run = await predcache(['warm', '--modle', 'x']);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(/--modle[\s\S]*Usage: predcache warm/);
  });
});
