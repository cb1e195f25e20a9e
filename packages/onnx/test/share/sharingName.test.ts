import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { release, sharingName } from '../../src/share/sharingName.js';

const settings = { modelCache: { name: 'c', keepVersions: 2 } } as const;

describe('the name that tabs share by', () => {
  it('has the versions of the package and of the runtime in it', async () => {
    const file = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
    const { name, version, dependencies } = JSON.parse(file);
    expect(release).toBe(`${name} ${version}, onnxruntime-web ${dependencies['onnxruntime-web']}`);
    expect(sharingName({ name: '', settings })).toContain(release);
  });

  it('is the same for the same settings, however they are written', () => {
    const modelCache = { keepVersions: 2, name: 'c' };
    const same = sharingName({ name: 'n', settings: { threads: undefined, modelCache } });
    expect(same).toBe(sharingName({ name: 'n', settings }));
  });

  it('differs where anything does', () => {
    const names = [
      sharingName({ name: '', settings }),
      sharingName({ name: 'n', settings }),
      sharingName({ name: 'n', settings: { modelCache: false } }),
      sharingName({ name: 'n', settings: { modelCache: false, batching: false } }),
      sharingName({ name: 'n', settings: { modelCache: false, threads: 2 } }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});
