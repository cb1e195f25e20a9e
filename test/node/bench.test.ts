import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bench } from '../bench/bench.js';
import { contestantNames } from '../bench/policies/contestants.js';

const prepareBrowser = vi.fn(async () => {});
let folder = '';
let printed = '';
let complained = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'predcache-bench-'));
  printed = '';
  complained = '';
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    printed += `${line}\n`;
  });
  vi.spyOn(console, 'error').mockImplementation((line: string) => {
    complained += `${line}\n`;
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

describe('npm run bench', () => {
  it('replays a folder of traces without a browser, prints a table and writes the figures', async () => {
    await writeFile(path.join(folder, 'made.txt'), 'a\nb\na\nc\n');
    const json = path.join(folder, 'figures.json');
    expect(await bench(['policies', '--traces', folder, '--json', json], prepareBrowser)).toBe(0);
    expect(prepareBrowser).not.toHaveBeenCalled();
    expect(printed).toMatch(/^made +25 % +10 +25\.00/m);
    const { suite, figures } = JSON.parse(await readFile(json, 'utf8'));
    expect(suite).toBe('policies');
    expect(figures).toMatchObject({ 'made.1.lru': 25, 'made.25.optimum': 25, 'mean.sieve': 25 });
    expect(Object.keys(figures)).toHaveLength((4 + 3) * contestantNames.length);
  });

  it.each([
    { what: 'no suite', args: () => [], message: 'Usage: npm run bench' },
    { what: 'an unknown suite', args: () => ['nothing'], message: 'Usage: npm run bench' },
    { what: 'two suites', args: () => ['policies', 'predict'], message: 'Usage: npm run bench' },
    {
      what: 'an unknown option',
      args: () => ['policies', '--trace', 'x'],
      message: "Unknown option '--trace'",
    },
    { what: '--traces for another', args: () => ['predict', '--traces', folder], message: '--traces is for' },
    {
      what: 'no such folder',
      args: () => ['policies', '--traces', `${folder}/no`],
      message: 'cannot be read',
    },
    { what: 'no trace', args: () => ['policies', '--traces', folder], message: 'has no trace file' },
  ])('says what is wrong and ends with 2: $what', async ({ args, message }) => {
    expect(await bench(args(), prepareBrowser)).toBe(2);
    expect(complained).toContain(message);
    expect(prepareBrowser).not.toHaveBeenCalled();
  });
});
