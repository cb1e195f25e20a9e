import {
  type Availability,
  asyncDisposable,
  type Engine,
  type EngineResult,
  type LoadOptions,
  type Model,
  type Payload,
  PredcacheError,
  type ResultFreshness,
  type RunOptions,
  toPredcacheError,
} from '@predcache/core';
import { resultFreshness } from './freshness/resultFreshness.js';
import { type HttpJsonOptions, type ResolvedHttpJson, resolveHttpJson } from './httpJsonOptions.js';
import { parseLenientJson } from './lenientJson.js';
import { Outcomes } from './outcomes.js';
import { encodeUtf8 } from './protocol/utf8.js';
import type { ExchangeRequest } from './transport/exchange.js';
import { Life } from './transport/life.js';
import { resolveUrl } from './transport/resolveUrl.js';
import { type Call, Transport } from './transport/transport.js';

/**
 * The in-cloud engine for any API that takes and gives JSON, with the same transport and freshness as `openInference`.
 * `docs/remote.md` has recipes, TensorFlow Serving among them.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`.
 *
 * @example
 * const inCloud = httpJson({
 *   url: 'https://api.example/classify',
 *   request: ({ text }: { text: string }) => ({ inputs: text }),
 *   response: ([best]: { label: string; score: number }[]) => best ?? null,
 * });
 */
export function httpJson<Input = Payload, Output = Payload, Answer = unknown>(
  options: HttpJsonOptions<Input, Output, Answer>,
): Engine {
  return asyncDisposable(new HttpJson(resolveHttpJson(options)));
}

interface Answered {
  readonly output: Payload | undefined;
  readonly isUnchanged: boolean;
  readonly freshness: ResultFreshness | undefined;
}

class HttpJson implements Engine {
  readonly name = 'httpJson';
  readonly maxBatchSize = 1;
  readonly concurrency: number;
  readonly #options: ResolvedHttpJson;
  readonly #outcomes: Outcomes;
  readonly #life = new Life();
  readonly #transport: Transport;

  constructor(options: ResolvedHttpJson) {
    this.#options = options;
    this.concurrency = options.transport.concurrency;
    this.#outcomes = new Outcomes(options.transport.breaker.coolDown);
    this.#transport = new Transport(options.transport, this.#life);
  }

  async availability({ model }: { readonly model: Model }): Promise<Availability> {
    if (this.#life.isOver) return { state: 'unavailable', reason: 'The engine has been disposed of' };
    return this.#outcomes.availability(model.name);
  }

  /** There is nothing to load: whether the API works shows when it is asked. */
  async load({ onProgress, signal }: LoadOptions): Promise<void> {
    this.#life.throwIfOver();
    signal?.throwIfAborted();
    onProgress?.({ phase: 'ready', loadedBytes: 0, ratio: 1 });
  }

  async run(batch: readonly Payload[], { model, signal, etags }: RunOptions): Promise<EngineResult> {
    try {
      this.#life.throwIfOver();
      signal?.throwIfAborted();
      const requests = batch.map((input) => this.#request(input, model));
      const latest = requests[0] ?? { method: this.#options.method, url: 'httpJson' };
      const answers = await this.#transport.call(latest, signal, (call) =>
        Promise.all(requests.map((request, index) => this.#ask(call, request, model, etags?.[index]))),
      );
      this.#outcomes.succeeded(model.name);
      return {
        outputs: answers.map(({ output }) => output),
        backend: this.#options.backend,
        freshness: answers.map(({ freshness }) => freshness),
        notModified: answers.map(({ isUnchanged }) => isUnchanged),
      };
    } catch (error) {
      this.#outcomes.failed(model.name, error);
      throw error;
    }
  }

  async dispose(): Promise<void> {
    if (this.#life.isOver) return;
    this.#life.end(
      new PredcacheError({
        code: 'DISPOSED',
        what: 'The engine has been disposed of',
        where: 'httpJson',
        hint: 'Make a new one',
      }),
    );
  }

  #request(input: Payload, model: Model): ExchangeRequest {
    const { url, method, request } = this.#options;
    let address: string;
    let body: string | undefined;
    try {
      address = typeof url === 'function' ? url(input, { model }) : url;
      body = JSON.stringify(request(input, { model }));
    } catch (cause) {
      throw rejected('The url or request function failed, or gave what JSON cannot carry', cause);
    }
    if (body === undefined) throw rejected('The request function gave nothing');
    return {
      method,
      url: resolveUrl(address, 'httpJson, url'),
      headers: { 'content-type': 'application/json' },
      body: encodeUtf8(body),
    };
  }

  async #ask(
    call: Call,
    request: ExchangeRequest,
    model: Model,
    etag: string | undefined,
  ): Promise<Answered> {
    const isConditional = etag !== undefined;
    const headers = isConditional ? { ...request.headers, 'if-none-match': etag } : request.headers;
    const { status, headers: said, body } = await call.send({ ...request, headers }, { isConditional });
    const freshness = resultFreshness(said);
    if (isConditional && status === 304) return { output: undefined, isUnchanged: true, freshness };
    const where = `${request.method} ${request.url}`;
    const answer = parseLenientJson(body, where);
    try {
      const output = this.#options.response(answer, { model, status, headers: said });
      return { output, isUnchanged: false, freshness };
    } catch (error) {
      throw toPredcacheError(error, {
        code: 'REMOTE_PROTOCOL',
        where,
        hint: 'The response function failed on what the API answered; see the cause',
      });
    }
  }
}

function rejected(what: string, cause?: unknown): PredcacheError {
  return new PredcacheError({
    code: 'INPUT_REJECTED',
    what,
    where: 'httpJson',
    hint: 'Correct the function, or the input',
    cause,
  });
}
