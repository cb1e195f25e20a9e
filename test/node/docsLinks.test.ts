import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/runningCommand.js';

/** Every Markdown file that git knows or would take. */
function markdownFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
  });
  return listed
    .toString()
    .split('\n')
    .filter((file) => file !== '' && existsSync(path.join(root, file)));
}

it('every relative link and picture of the docs is there', () => {
  const broken: string[] = [];
  for (const file of markdownFiles()) {
    for (const [, target] of readFileSync(path.join(root, file), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      if (!existsSync(path.join(root, path.dirname(file), target!))) broken.push(`${file}: ${target}`);
    }
  }
  expect(markdownFiles().length).toBeGreaterThan(5);
  expect(broken).toEqual([]);
});
