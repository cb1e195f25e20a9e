import { parseArgs } from 'node:util';
import type { WarmOptions } from '../warm/warmOptions.js';
import { UsageError } from './usage.js';

export interface CommandLine {
  readonly warm: WarmOptions;
  readonly quiet: boolean;
}

/**
 * Reads the command line; `undefined` when help is asked for.
 *
 * @throws {UsageError} for unknown commands and flags, and missing or contradicting ones.
 */
export function readCommandLine(args: readonly string[]): CommandLine | undefined {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  requireWarm(positionals);
  if (values.integrity !== undefined && values['no-integrity'] === true)
    throw new UsageError('--integrity and --no-integrity contradict each other');
  return {
    warm: {
      model: required('--model', values.model),
      inputs: required('--inputs', values.inputs),
      out: required('--out', values.out),
      name: notEmpty('--name', values.name),
      version: notEmpty('--version', values.version),
      integrity: values['no-integrity'] === true ? false : readIntegrity(values.integrity),
      encode: notEmpty('--encode', values.encode),
      skipBad: values['skip-bad'] === true,
      restart: values.restart === true,
    },
    quiet: values.quiet === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: true,
      options: {
        model: { type: 'string' },
        inputs: { type: 'string' },
        out: { type: 'string' },
        name: { type: 'string' },
        version: { type: 'string' },
        integrity: { type: 'string' },
        'no-integrity': { type: 'boolean' },
        encode: { type: 'string' },
        'skip-bad': { type: 'boolean' },
        restart: { type: 'boolean' },
        quiet: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function requireWarm([command, unexpected]: readonly string[]): void {
  if (command === undefined) throw new UsageError('No command is given');
  if (command !== 'warm') throw new UsageError(`Unknown command '${command}'`);
  if (unexpected !== undefined) throw new UsageError(`Unexpected argument '${unexpected}'`);
}

function required(flag: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`${flag} is missing`);
  return notEmpty(flag, value)!;
}

function notEmpty(flag: string, value: string | undefined): string | undefined {
  if (value === '') throw new UsageError(`${flag} is empty`);
  return value;
}

function readIntegrity(value: string | undefined): string | undefined {
  if (value === undefined || /^sha256-[A-Za-z0-9+/]{43}=$/.test(value)) return value;
  throw new UsageError(`--integrity takes sha256- and the base64 of the file's SHA-256, not '${value}'`);
}
