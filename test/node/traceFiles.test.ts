import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTraces, readTrace } from '../bench/policies/traceFiles.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'predcache-traces-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function read(content: string | Uint8Array) {
  const file = path.join(folder, 'some.txt');
  await writeFile(file, content);
  const { name, requests, keys } = await readTrace('some', file);
  return { name, requests: [...requests], keys };
}

describe('a folder of traces', () => {
  it('has every file but descriptions and hidden ones', async () => {
    for (const name of ['b.txt', 'a.csv', 'c', 'd.1.log', 'README', 'README.txt', 'about.md', '.hidden']) {
      await writeFile(path.join(folder, name), 'key\n');
    }
    await mkdir(path.join(folder, 'folder'));
    await symlink(path.join(folder, 'nowhere'), path.join(folder, 'broken'));
    expect([...(await findTraces(folder))]).toEqual([
      ['a', path.join(folder, 'a.csv')],
      ['b', path.join(folder, 'b.txt')],
      ['c', path.join(folder, 'c')],
      ['d.1', path.join(folder, 'd.1.log')],
    ]);
  });

  it('is refused in words without a trace, where it is none, and where two have one name', async () => {
    await writeFile(path.join(folder, 'README'), 'key\n');
    await expect(findTraces(folder)).rejects.toThrow(`${folder} has no trace file.`);
    await expect(findTraces(path.join(folder, 'nowhere'))).rejects.toThrow('nowhere cannot be read: ENOENT');
    await expect(findTraces(path.join(folder, 'README'))).rejects.toThrow('README cannot be read: ENOTDIR');
    await writeFile(path.join(folder, 'a.csv'), 'key\n');
    await writeFile(path.join(folder, 'a.txt'), 'key\n');
    await expect(findTraces(folder)).rejects.toThrow('would both be a');
  });
});

describe('a trace file', () => {
  it('has a key a line, numbered as they come', async () => {
    expect(await read('7\n/a b\n7\n\u00e9\n')).toEqual({ name: 'some', requests: [0, 1, 0, 2], keys: 3 });
  });

  it('may end its lines as Windows does, lack the last line end and have blank lines', async () => {
    const expected = { requests: [0, 1, 0], keys: 2 };
    for (const content of ['a\nb\na', 'a\r\nb\r\na\r\n', 'a\r\nb\na', '\n\na\n\r\nb\n\na\n\n']) {
      expect(await read(content)).toMatchObject(expected);
    }
  });

  it('keeps keys apart that are no valid UTF-8', async () => {
    expect(await read(Uint8Array.of(0xff, 10, 0xfe, 10, 0xff))).toMatchObject({ requests: [0, 1, 0] });
  });

  it('may be longer than what is read at once', async () => {
    const keys = Array.from({ length: 200_000 }, (_, at) => at % 70_001);
    const { requests, keys: count } = await read(keys.map((key) => `key ${key}`).join('\r\n'));
    expect(count).toBe(70_001);
    expect(requests.every((key, at) => key === keys[at])).toBe(true);
    expect(requests).toHaveLength(keys.length);
  });

  it('is refused in words when it is empty or cannot be read', async () => {
    await expect(read('\r\n\n')).rejects.toThrow('some.txt has no key.');
    await expect(readTrace('it', folder)).rejects.toThrow(`${folder} cannot be read: EISDIR`);
  });
});
