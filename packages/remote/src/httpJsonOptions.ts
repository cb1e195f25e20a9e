import type { Model, Payload } from '@predcache/core';
import {
  invalidOption,
  type ResolvedTransport,
  resolveTransport,
  type TransportOptions,
} from './transport/transportOptions.js';

/** What `httpJson`'s functions are told beside the input or answer. */
export interface HttpJsonContext {
  readonly model: Model;
}

export interface HttpJsonAnswer extends HttpJsonContext {
  readonly status: number;
  readonly headers: Headers;
}

/** Options of `httpJson`. */
export interface HttpJsonOptions<Input, Output, Answer> extends TransportOptions {
  /** Where inputs are sent: an address, absolute or relative to the page, or a function that gives one for each input. */
  readonly url: string | ((input: Input, context: HttpJsonContext) => string);
  /**
   * @default 'POST'
   */
  readonly method?: 'POST' | 'PUT' | undefined;
  /**
   * Makes the JSON value to send of an input.
   *
   * @default the input itself, which then must be a JSON value
   */
  readonly request?: ((input: Input, context: HttpJsonContext) => unknown) | undefined;
  /**
   * Makes the output, named tensors or a JSON value, of the JSON value that came. NaN and infinities, which some servers
   * send although JSON does not know them, come as numbers; they fit into tensors, not into a JSON output.
   *
   * @default what came, as it is
   */
  readonly response?: ((answer: Answer, context: HttpJsonAnswer) => Output) | undefined;
  /**
   * Recorded with every entry as its backend. Change it when the API computes differently.
   *
   * @default 'http'
   */
  readonly backend?: string | undefined;
}

export interface ResolvedHttpJson {
  readonly url: string | ((input: Payload, context: HttpJsonContext) => string);
  readonly method: 'POST' | 'PUT';
  readonly request: (input: Payload, context: HttpJsonContext) => unknown;
  readonly response: (answer: unknown, context: HttpJsonAnswer) => Payload;
  readonly backend: string;
  readonly transport: ResolvedTransport;
}

const where = 'httpJson';

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function resolveHttpJson<Input, Output, Answer>(
  options: HttpJsonOptions<Input, Output, Answer>,
): ResolvedHttpJson {
  const { url, method = 'POST', request, response, backend = 'http' } = options;
  const check = (isValid: boolean, option: string, hint: string): void => {
    if (!isValid) throw invalidOption(option, where, hint);
  };
  const isFunction = (value: unknown): boolean => value === undefined || typeof value === 'function';
  const isAddress = typeof url === 'function' || (typeof url === 'string' && url !== '');
  check(isAddress, 'url', 'Pass an address, or a function that gives one');
  check(method === 'POST' || method === 'PUT', 'method', "Pass 'POST' or 'PUT'");
  check(isFunction(request), 'request', 'Pass a function, or leave it out');
  check(isFunction(response), 'response', 'Pass a function, or leave it out');
  check(typeof backend === 'string' && backend !== '', 'backend', 'Pass a name');
  return {
    url: url as ResolvedHttpJson['url'],
    method,
    request: (request ?? ((input: unknown) => input)) as ResolvedHttpJson['request'],
    response: (response ?? ((answer: unknown) => answer)) as ResolvedHttpJson['response'],
    backend,
    transport: resolveTransport(options, where),
  };
}
