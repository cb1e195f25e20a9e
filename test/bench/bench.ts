import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { predictSuite } from './predict/predictSuite.js';
import type { Suite } from './suite.js';
import { tableOf } from './support/table.js';

const suites: readonly Suite[] = [predictSuite];

const usage = `Usage: npm run bench -- SUITE [--json FILE] [--quick]
Suites: ${suites.map(({ name, about }) => `${name} (${about})`).join(', ')}
--json FILE   also write { suite, figures }
--quick       fewer rounds: for a look, not for the record`;

/** Runs a suite, prints its table and figures. Gives the exit code. */
export async function bench(args: readonly string[]): Promise<number> {
  const commandLine = read(args);
  const suite = suites.find(({ name }) => name === commandLine?.name);
  if (commandLine === undefined || suite === undefined) {
    console.error(usage);
    return 2;
  }
  const [cpu] = os.cpus();
  console.log(
    `${suite.name} on ${os.cpus().length} × ${cpu?.model.trim()}, load ${os.loadavg()[0]?.toFixed(2)}\n`,
  );
  const { rows, figures } = await suite.run({ isQuick: commandLine.quick });
  console.log(tableOf(rows));
  console.log('\nFigures');
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(28)} ${value}`);
  if (commandLine.json !== undefined) {
    await writeFile(commandLine.json, `${JSON.stringify({ suite: suite.name, figures }, undefined, 2)}\n`);
  }
  return 0;
}

function read(
  args: readonly string[],
): { name: string; json: string | undefined; quick: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'string' }, quick: { type: 'boolean', default: false } },
    });
    return { name: positionals[0] ?? '', json: values.json, quick: values.quick };
  } catch {
    return undefined;
  }
}
