import { parseArgs } from 'node:util';
import { defaultMaxBodySize, defaultMaxElements, type GatewayOptions } from '../gatewayOptions.js';

export interface CommandLine {
  readonly gateway: GatewayOptions;
  readonly host: string;
  readonly port: number;
}

export const usage = `Usage: predcache-gateway [options]

  --models DIR       folder with the .onnx files to serve (default: models)
  --port N           port to listen on, 0 for any that is free (default: 8080)
  --host HOST        address to listen on (default: 127.0.0.1)
  --static DIR       folder with a built web page to serve at /
  --max-body BYTES   largest request body (default: ${defaultMaxBodySize})
  --max-elements N   most elements that the inputs of one request may hold (default: ${defaultMaxElements})
  --log              log requests as JSON lines
  --help             print this and exit`;

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the command line; `undefined` when help is asked for.
 *
 * @throws {UsageError} for unknown flags, missing values and what is no number.
 */
export function readCommandLine(args: readonly string[]): CommandLine | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  return {
    host: values.host,
    port: readWhole('--port', values.port, 0, 65_535),
    gateway: {
      models: values.models,
      site: values.static,
      maxBodySize: readWhole('--max-body', values['max-body'], 1, Number.MAX_SAFE_INTEGER),
      maxElements: readWhole('--max-elements', values['max-elements'], 1, Number.MAX_SAFE_INTEGER),
      logger: values.log === true,
    },
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        models: { type: 'string', default: 'models' },
        port: { type: 'string', default: '8080' },
        host: { type: 'string', default: '127.0.0.1' },
        static: { type: 'string' },
        'max-body': { type: 'string', default: String(defaultMaxBodySize) },
        'max-elements': { type: 'string', default: String(defaultMaxElements) },
        log: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readWhole(flag: string, value: string, least: number, most: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${flag} takes a whole number from ${least} to ${most}, not '${value}'`);
}
