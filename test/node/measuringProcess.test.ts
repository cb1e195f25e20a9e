import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MeasuringProcess } from '../bench/memory/measuringProcess.js';
import { buildMeasuringScript, type MeasuringScript } from '../bench/memory/measuringScript.js';

let script: MeasuringScript;
let folder: string;

beforeAll(async () => {
  script = await buildMeasuringScript();
  folder = await mkdtemp(path.join(os.tmpdir(), 'predcache-bench-'));
}, 60_000);

afterAll(async () => {
  await script.remove();
  await rm(folder, { recursive: true });
});

/** A script of a few words in place of the real one. */
async function scriptOf(text: string): Promise<string> {
  const file = path.join(await mkdtemp(path.join(folder, 'script-')), 'script.mjs');
  await writeFile(file, text);
  return file;
}

describe('a measuring process', { timeout: 60_000 }, () => {
  it('answers what it is asked, one thing after another', async () => {
    const process = new MeasuringProcess(script.file, 'map');
    try {
      await process.ask('start', 'map', 1000);
      const cell = { scenario: 'readThrough', capacity: 100, keys: 1000, operations: 1000 } as const;
      await process.ask('prepare', 'cell', cell);
      const { nanoseconds, hitRatio } = await process.ask('round', 'cell');
      expect(nanoseconds).toBeGreaterThan(0);
      expect(hitRatio).toBeGreaterThan(0.3);
      expect(hitRatio).toBeLessThan(1);
    } finally {
      await process.close();
    }
  });

  it('says what went wrong in it, and whom it measured', async () => {
    const process = new MeasuringProcess(script.file, 'map');
    try {
      await process.ask('start', 'map', 100);
      // More than it has keys for.
      await expect(process.ask('bytesHeld', 1000)).rejects.toThrow(/^Measuring map failed: /);
      // One question that fails is not the end of it.
      await expect(process.ask('bytesHeld', 50)).resolves.toMatchObject({ filled: expect.any(Number) });
    } finally {
      await process.close();
    }
  });

  it('fails what was asked when it ends, with its last words, and what is asked later', async () => {
    const file = await scriptOf("process.on('message', () => { throw new Error('no more memory'); });");
    const process = new MeasuringProcess(file, 'map');
    const failure = /^Measuring map failed: its process ended with code 1.*no more memory/s;
    await expect(process.ask('forget')).rejects.toThrow(failure);
    await expect(process.ask('forget')).rejects.toThrow(failure);
    await process.close();
  });

  it('fails when there is no script', async () => {
    const process = new MeasuringProcess(path.join(folder, 'none.mjs'), 'map');
    await expect(process.ask('forget')).rejects.toThrow('Cannot find module');
    await process.close();
  });

  it('fails what was asked when it does not answer in time, or is closed', async () => {
    const file = await scriptOf("process.on('message', () => {});");
    const silent = new MeasuringProcess(file, 'map', 100);
    await expect(silent.ask('forget')).rejects.toThrow('no answer to forget in 100 ms');
    await silent.close();

    const closed = new MeasuringProcess(file, 'map');
    const asked = expect(closed.ask('forget')).rejects.toThrow('its process ended with SIGKILL');
    await closed.close();
    await asked;
  });

  it('ends when whoever started it dies', async () => {
    const parent = await scriptOf(`
      import { fork } from 'node:child_process';
      const child = fork(${JSON.stringify(script.file)}, {
        execArgv: ['--expose-gc'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      child.on('message', () => console.log('answered'));
      child.send({ method: 'start', parameters: ['map', 100] });
    `);
    const started = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(started, 'close');
    await once(started.stdout, 'data');
    started.kill('SIGKILL');
    // The child has the same output: that closes only when both are gone.
    await closed;
  });
});
