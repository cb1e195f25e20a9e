import { defaultLimits, type GatewayOptions } from '../gatewayOptions.js';
import { parseFlags, type Values } from './flags.js';
import { readWhole, UsageError } from './usageError.js';

export interface CommandLine {
  readonly gateway: Omit<GatewayOptions, 'apiKeys'>;
  readonly host: string;
  readonly port: number;
  /** File with API keys. */
  readonly apiKeys: string | undefined;
  /** ms between saying that it is not ready any more and accepting no more connections. */
  readonly drainDelay: number;
  /** ms that requests under way get to finish. */
  readonly drainTimeout: number;
}

export const usage = `Usage: predcache-gateway [options]

  --models DIR         folder with models: NAME.onnx, or NAME/VERSION/model.onnx (default: models, unless --upstream)
  --upstream URL       server of the Open Inference Protocol v2 to forward to what no model of the folder computes
  --port N             port to listen on, 0 for any that is free (default: 8080)
  --host HOST          address to listen on (default: 127.0.0.1)
  --static DIR         folder with a built web page to serve at /
  --no-watch           do not load models again when their files change
  --cache-size BYTES   predictions kept in memory (default: ${64 * 1024 * 1024})
  --ttl MS             how long an answer is fresh (default: for ever)
  --cache-control TEXT Cache-Control of every answer to an inference
  --predictions on|off whether GET /v2/predictions/{key} answers (default: on, with API keys off)
  --expose-keys        name each prediction's key in Cache-Status
  --api-keys FILE      file with one API key a line; or PREDCACHE_API_KEYS in the environment, separated by commas
  --rate-limit N       requests per second for each API key
  --max-body BYTES     largest request body (default: ${defaultLimits.maxBodySize})
  --max-elements N     most elements that the inputs of one request may hold (default: ${defaultLimits.maxElements})
  --max-batch N        most rows of one input (default: ${defaultLimits.maxBatchSize})
  --max-queue N        most different inputs that wait for a model (default: ${defaultLimits.maxQueueLength})
  --request-timeout MS how long a request may take to arrive (default: ${defaultLimits.requestTimeout})
  --drain-delay MS     how long to answer, but not be ready, before stopping (default: 0)
  --drain-timeout MS   how long requests under way get to finish when stopping (default: 3000)
  --log                log requests as JSON lines
  --help               print this and exit

PREDCACHE_UPSTREAM_AUTHORIZATION in the environment is sent to the upstream server as Authorization.`;

/**
 * Reads the command line; `undefined` when help is asked for.
 *
 * @throws {UsageError} for unknown flags, missing values and what is no number.
 */
export function readCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): CommandLine | undefined {
  const values = parseFlags(args);
  if (values.help === true) return undefined;
  return {
    host: values.host,
    port: readWhole('--port', values.port, 0, 65_535),
    apiKeys: values['api-keys'],
    drainDelay: readWhole('--drain-delay', values['drain-delay'], 0, longest),
    drainTimeout: readWhole('--drain-timeout', values['drain-timeout'], 0, longest),
    gateway: gatewayOptions(values, environment),
  };
}

/** ms; timers of more fire at once. */
const longest = 2 ** 31 - 1;

function gatewayOptions(
  values: Values,
  environment: Readonly<Record<string, string | undefined>>,
): CommandLine['gateway'] {
  const { upstream } = values;
  const whole = (flag: keyof Values & string, most = Number.MAX_SAFE_INTEGER) => {
    const value = values[flag];
    return typeof value === 'string' ? readWhole(`--${flag}`, value, 1, most) : undefined;
  };
  const perSecond = whole('rate-limit');
  return {
    models: values.models ?? (upstream === undefined ? 'models' : undefined),
    upstream:
      upstream === undefined ? undefined : { url: readUrl(upstream), headers: authorization(environment) },
    watch: values['no-watch'] !== true,
    site: values.static,
    cacheSize: whole('cache-size'),
    ttl: whole('ttl'),
    cacheControl: values['cache-control'],
    sharedPredictions: readSwitch(values.predictions),
    exposeKeys: values['expose-keys'] === true,
    rateLimit: perSecond === undefined ? undefined : { perSecond },
    limits: {
      maxBodySize: whole('max-body')!,
      maxElements: whole('max-elements')!,
      maxBatchSize: whole('max-batch')!,
      maxQueueLength: whole('max-queue')!,
      requestTimeout: whole('request-timeout', longest)!,
    },
    logger: values.log === true,
  };
}

function authorization({
  PREDCACHE_UPSTREAM_AUTHORIZATION: value,
}: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> | undefined {
  return value === undefined || value === '' ? undefined : { authorization: value };
}

function readSwitch(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (value === 'on' || value === 'off') return value === 'on';
  throw new UsageError(`--predictions takes on or off, not '${value}'`);
}

function readUrl(value: string): string {
  if (URL.canParse(value) && /^https?:/i.test(value)) return value;
  throw new UsageError(`--upstream takes an address that begins with http: or https:, not '${value}'`);
}
