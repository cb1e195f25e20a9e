import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { engineSuite } from './engine/engineSuite.js';
import { memorySuite } from './memory/memorySuite.js';
import { policiesSuite } from './policies/policiesSuite.js';
import { predictSuite } from './predict/predictSuite.js';
import { remoteSuite } from './remote/remoteSuite.js';
import { storageSuite } from './storage/storageSuite.js';
import { strategiesSuite } from './strategies/strategiesSuite.js';
import type { Suite, SuiteResult } from './suite.js';
import { CommandError } from './support/commandError.js';
import { tableOf } from './support/table.js';

const suites: readonly Suite[] = [
  predictSuite,
  storageSuite,
  policiesSuite,
  memorySuite,
  strategiesSuite,
  engineSuite,
  remoteSuite,
];

const usage = `Usage: npm run bench -- SUITE [--traces DIR] [--json FILE] [--quick]
Suites: ${suites.map(({ name, about }) => `${name} (${about})`).join(', ')}
--traces DIR  every file of the folder is a trace, one key a line (${suitesWithTraces()})
--json FILE   also write { suite, figures }
--quick       fewer rounds: for a look, not for the record`;

/**
 * Runs a suite, prints its table and figures.
 *
 * @param prepareBrowser called before a suite that needs one
 * @returns the exit code: 2 when the command line asks for what cannot be
 */
export async function bench(args: readonly string[], prepareBrowser: () => Promise<void>): Promise<number> {
  try {
    await run(commandLineOf(args), prepareBrowser);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(error.message);
    return 2;
  }
}

interface CommandLine {
  readonly suite: Suite;
  readonly traces: string | undefined;
  readonly json: string | undefined;
  readonly quick: boolean;
}

async function run(
  { suite, traces, json, quick }: CommandLine,
  prepareBrowser: () => Promise<void>,
): Promise<void> {
  if (suite.needsBrowser === true) await prepareBrowser();
  const [cpu] = os.cpus();
  console.log(
    `${suite.name} on ${os.cpus().length} × ${cpu?.model.trim()}, load ${os.loadavg()[0]?.toFixed(2)}\n`,
  );
  const result = await suite.run({ isQuick: quick, traces });
  print(result);
  if (json !== undefined) {
    await writeFile(
      json,
      `${JSON.stringify({ suite: suite.name, figures: result.figures }, undefined, 2)}\n`,
    );
  }
}

function print({ rows, text, figures }: SuiteResult): void {
  if (rows !== undefined) console.log(tableOf(rows));
  if (text !== undefined) console.log(rows === undefined ? text : `\n${text}`);
  if (rows === undefined) return;
  console.log('\nFigures');
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(28)} ${value}`);
}

function commandLineOf(args: readonly string[]): CommandLine {
  const { values, positionals } = parsed(args);
  const [name, ...others] = positionals;
  const suite = suites.find((each) => each.name === name);
  if (suite === undefined || others.length > 0) throw new CommandError(usage);
  if (values.traces !== undefined && suite.takesTraces !== true) {
    throw new CommandError(`--traces is for ${suitesWithTraces()}; ${suite.name} takes none.`);
  }
  return { suite, traces: values.traces, json: values.json, quick: values.quick };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        traces: { type: 'string' },
        json: { type: 'string' },
        quick: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new CommandError(`${(cause as Error).message}\n${usage}`, { cause });
  }
}

function suitesWithTraces(): string {
  return suites
    .filter(({ takesTraces }) => takesTraces === true)
    .map(({ name }) => name)
    .join(', ');
}
