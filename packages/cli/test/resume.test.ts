import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Entry } from '@predcache/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.js';
import { type WarmProgress, warm } from '../src/index.js';
import { buildCommand, predcache, type Running, start } from './support/command.js';
import { encodeModule, languageModel, texts } from './support/languageId.js';
import { readPack, timeless } from './support/packs.js';
import { jsonLines, temporaryFolder } from './support/temporaryFolder.js';

// Some ms a prediction, so that there is something to interrupt.
const model = languageModel('large');
const inputs = texts(400).map((text) => ({ text }));
const lines = jsonLines(inputs);

function argumentsFor(file: (name: string) => string, of = model): string[] {
  const paths = ['--model', of.url, '--inputs', file('inputs.jsonl'), '--out', file('pack.bin')];
  return ['warm', ...paths, '--encode', encodeModule];
}

/** A run that has been given some of its inputs, and waits for more: it cannot end before it is made to. */
function startUnfinished(file: (name: string) => string): Running {
  const running = start([...argumentsFor(file), '--inputs', '-']);
  running.process.stdin.write(jsonLines(inputs.slice(0, 300)));
  return running;
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

describe('an interrupted run', { timeout: 120_000 }, () => {
  const file = temporaryFolder({ 'inputs.jsonl': lines }, afterAll);
  let uninterrupted: Entry[];

  beforeAll(async () => {
    buildCommand();
    const paths = { model: model.url, inputs: file('inputs.jsonl'), out: file('pack.bin') };
    await warm({ ...paths, encode: encodeModule });
    uninterrupted = await readPack(file('pack.bin'));
    expect(uninterrupted).toHaveLength(400);
  }, 240_000);

  it.each([1, 20_000, 45_000])(
    'killed when it has %d bytes is gone on with to the same pack',
    async (bytes) => {
      const file = temporaryFolder({ 'inputs.jsonl': lines, 'pack.bin': 'the last one' });
      const killed = startUnfinished(file);
      await until('something is computed', () => sizeOf(file('pack.bin.partial')) >= bytes, 60_000);
      killed.process.kill('SIGKILL');
      expect((await killed.ended).status).toBeNull();
      expect(readFileSync(file('pack.bin'), 'utf8')).toBe('the last one');
      const kept = sizeOf(file('pack.bin.partial'));
      expect(kept).toBeGreaterThanOrEqual(bytes);

      const run = await predcache(argumentsFor(file));
      expect(run).toMatchObject({ status: 0, stderr: '' });
      const resumed = Number(/400 predictions, .*\((\d+) of an interrupted run\)/.exec(run.stdout)?.[1]);
      expect(resumed).toBeGreaterThan(0);
      expect(resumed).toBeLessThan(400);
      expect(existsSync(file('pack.bin.partial'))).toBe(false);
      expect((await readPack(file('pack.bin'))).map(timeless)).toEqual(uninterrupted.map(timeless));
    },
  );

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends on %s with 1, says how to go on, and keeps what it has',
    async (signal) => {
      const file = temporaryFolder({ 'inputs.jsonl': lines });
      const interrupted = startUnfinished(file);
      await until('something is computed', () => sizeOf(file('pack.bin.partial')) > 0, 60_000);
      interrupted.process.kill(signal);
      const ended = await interrupted.ended;
      expect(ended).toMatchObject({ status: 1, stdout: '' });
      expect(ended.stderr).toBe(
        `Interrupted by ${signal}. What was computed is kept: run the same command again to go on from there.\n`,
      );
      expect(existsSync(file('pack.bin'))).toBe(false);
      expect((await predcache(argumentsFor(file))).stdout).toContain('of an interrupted run');
      expect((await readPack(file('pack.bin'))).map(timeless)).toEqual(uninterrupted.map(timeless));
    },
  );

  it('from code rejects with the reason of its signal, however early it aborts', async () => {
    const file = temporaryFolder({ 'inputs.jsonl': lines });
    const paths = {
      model: model.url,
      inputs: file('inputs.jsonl'),
      out: file('pack.bin'),
      encode: encodeModule,
    };
    const reason = new Error('enough');
    await expect(warm({ ...paths, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(existsSync(file('pack.bin.partial'))).toBe(false);
    const controller = new AbortController();
    const onProgress = ({ inputs: done }: WarmProgress) => done > 20 && controller.abort(reason);
    await expect(warm({ ...paths, signal: controller.signal, onProgress })).rejects.toBe(reason);
    const { resumed } = await warm(paths);
    expect(resumed).toBeGreaterThan(20);
    expect((await readPack(file('pack.bin'))).map(timeless)).toEqual(uninterrupted.map(timeless));
  });

  it('of another model is refused and left alone, unless it is to be thrown away', async () => {
    const small = languageModel('small');
    const file = temporaryFolder({ 'inputs.jsonl': `${lines}{"text":` });
    // The last line is bad: everything before it is computed and kept.
    expect((await predcache(argumentsFor(file, small))).status).toBe(1);
    const partial = readFileSync(file('pack.bin.partial'));
    expect(partial.length).toBeGreaterThan(0);

    const refused = await predcache(argumentsFor(file));
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain('predictions of another model');
    expect(refused.stderr).toContain('--restart');
    expect(readFileSync(file('pack.bin.partial')).equals(partial)).toBe(true);

    const restarted = await predcache([...argumentsFor(file), '--restart', '--skip-bad']);
    expect(restarted.status).toBe(0);
    expect(restarted.stdout).toContain('400 predictions');
    expect(restarted.stdout).not.toContain('interrupted');
    expect((await readPack(file('pack.bin'))).map(timeless)).toEqual(uninterrupted.map(timeless));
  });

  it('with other inputs leaves nothing of its own in the pack', async () => {
    const small = languageModel('small');
    const file = temporaryFolder({ 'inputs.jsonl': `${lines}no JSON` });
    expect((await predcache(argumentsFor(file, small))).status).toBe(1);
    const few = temporaryFolder({ 'inputs.jsonl': jsonLines(texts(3).map((text) => ({ text }))) });
    const args = ['--model', small.url, '--inputs', few('inputs.jsonl'), '--out', file('pack.bin')];
    const run = await predcache(['warm', ...args, '--encode', encodeModule]);
    expect(run.stdout).toContain('3 predictions');
    expect(await readPack(file('pack.bin'))).toHaveLength(3);
  });

  it('is told from a file that is none of ours', async () => {
    const file = temporaryFolder({ 'inputs.jsonl': lines, 'pack.bin.partial': 'my novel' });
    const run = await predcache(argumentsFor(file));
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('none of ours');
    expect(readFileSync(file('pack.bin.partial'), 'utf8')).toBe('my novel');
  });
});
