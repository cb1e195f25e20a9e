import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A new folder with files in it; gives the function that makes paths in it.
 *
 * @param whenOver calls back when the folder may go: `afterAll` where it is for all tests of a file
 */
export function temporaryFolder(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  whenOver: (remove: () => void) => void = onTestFinished,
): (name: string) => string {
  const folder = mkdtempSync(path.join(tmpdir(), 'predcache-cli-'));
  whenOver(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return (name) => path.join(folder, name);
}

/** Values as JSON, one a line. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
