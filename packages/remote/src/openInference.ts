import {
  type Availability,
  type Engine,
  type EngineResult,
  type LoadOptions,
  looksLikeTensors,
  type Model,
  type Payload,
  PredcacheError,
  type RunOptions,
  type Tensors,
  validateTensors,
} from '@predcache/core';
import { type OpenInferenceOptions, type ResolvedOptions, resolveOptions } from './openInferenceOptions.js';
import { Outcomes } from './outcomes.js';
import { encodeInferRequest } from './protocol/inferRequest.js';
import { decodeInferResponse } from './protocol/inferResponse.js';
import { headerLengthName } from './protocol/message.js';
import { checkAnswer } from './transport/answerErrors.js';
import { type Answer, type ExchangeRequest, exchange } from './transport/exchange.js';
import { Life } from './transport/life.js';
import { readyFlag } from './transport/readyFlag.js';
import { resolveUrl } from './transport/resolveUrl.js';

/**
 * The in-cloud engine: computes at a server that speaks the Open Inference Protocol v2 (Triton, MLServer, KServe,
 * OpenVINO Model Server, or this project's gateway).
 *
 * Inputs and outputs are tensors. Calls are rejected with `REMOTE_UNREACHABLE` (network, DNS, CORS), `REMOTE_TIMEOUT`,
 * `REMOTE_STATUS` (`details.status`, and what the server said), `REMOTE_PROTOCOL` (the answer is not what the protocol
 * says), `INPUT_REJECTED` (an input the protocol or the format cannot carry), `DISPOSED`, or the reason of an aborted
 * signal.
 *
 * `availability` reports how the last call for the model went and asks nothing; a model never asked for is taken to be
 * available, and an unavailable one becomes available again with the next call that works.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`.
 *
 * @example
 * const predictor = createPredictor({
 *   model: { name: 'language-id', version: '1' },
 *   inCloud: openInference({ baseUrl: 'https://api.example/v2', headers: { authorization: 'Bearer …' } }),
 * });
 */
export function openInference(options: OpenInferenceOptions): Engine {
  return new OpenInference(resolveOptions(options));
}

class OpenInference implements Engine {
  readonly name = 'openInference';
  readonly maxBatchSize = 1;
  readonly concurrency: number;
  readonly #options: ResolvedOptions;
  readonly #outcomes = new Outcomes();
  readonly #ready = new Set<string>();
  readonly #life = new Life();

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.concurrency = options.concurrency;
  }

  async availability({ model }: { readonly model: Model }): Promise<Availability> {
    if (this.#life.isOver) return { state: 'unavailable', reason: 'The engine has been disposed of' };
    return this.#outcomes.availability(this.#path(model));
  }

  async load({ model, onProgress, signal }: LoadOptions): Promise<void> {
    const path = this.#path(model);
    await this.#watched(path, async () => {
      this.#throwIfOver(signal);
      if (!this.#ready.has(path)) await this.#checkReady(path, signal);
      this.#ready.add(path);
    });
    onProgress?.({ phase: 'ready', loadedBytes: 0, ratio: 1 });
  }

  async run(batch: readonly Payload[], { model, signal }: RunOptions): Promise<EngineResult> {
    const path = this.#path(model);
    return this.#watched(path, async () => {
      this.#throwIfOver(signal);
      const outputs: Payload[] = [];
      for (const input of batch) outputs.push(await this.#infer(path, input, signal));
      return { outputs, backend: 'oip' };
    });
  }

  async dispose(): Promise<void> {
    if (this.#life.isOver) return;
    this.#life.end(
      new PredcacheError({
        code: 'DISPOSED',
        what: 'The engine has been disposed of',
        where: 'openInference',
        hint: 'Make a new one',
      }),
    );
  }

  #throwIfOver(signal: AbortSignal | undefined): void {
    this.#life.throwIfOver();
    signal?.throwIfAborted();
  }

  /** For instance `/models/language-id/versions/1`. */
  #path(model: Model): string {
    const { version } = this.#options;
    const path = `/models/${encodeURIComponent(this.#options.model ?? model.name)}`;
    return version === undefined ? path : `${path}/versions/${encodeURIComponent(version)}`;
  }

  async #watched<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#outcomes.succeeded(path);
      return result;
    } catch (error) {
      this.#outcomes.failed(path, error);
      if ((await this.#outcomes.availability(path)).state !== 'available') this.#ready.delete(path);
      throw error;
    }
  }

  async #checkReady(path: string, signal: AbortSignal | undefined): Promise<void> {
    const request = this.#request('GET', `${path}/ready`);
    const answer = await this.#exchange(request, signal);
    if (readyFlag(answer.body)) return;
    throw new PredcacheError({
      code: 'REMOTE_STATUS',
      what: 'The server says that the model is not ready',
      where: `${request.method} ${request.url}`,
      hint: 'Try again later',
      details: { status: 503 },
    });
  }

  async #infer(path: string, input: Payload, signal: AbortSignal | undefined): Promise<Tensors> {
    const { format } = this.#options;
    const { headers, body } = encodeInferRequest({ inputs: tensorsOf(input), outputFormat: format }, format);
    const request = this.#request('POST', `${path}/infer`, headers, body);
    const answer = await this.#exchange(request, signal);
    const where = `${request.method} ${request.url}`;
    return decodeInferResponse(answer.body, answer.headers.get(headerLengthName), where).outputs;
  }

  #request(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: Uint8Array<ArrayBuffer>,
  ): ExchangeRequest {
    const url = resolveUrl(`${this.#options.baseUrl}${path}`);
    return { method, url, headers: { ...this.#options.headers, ...headers }, body };
  }

  async #exchange(request: ExchangeRequest, signal: AbortSignal | undefined): Promise<Answer> {
    const { fetch, timeout } = this.#options;
    const answer = await exchange(request, { fetch, timeout, signal, life: this.#life });
    checkAnswer(answer, `${request.method} ${request.url}`);
    return answer;
  }
}

function tensorsOf(input: Payload): Tensors {
  if (looksLikeTensors(input)) {
    validateTensors(input);
    return input;
  }
  throw new PredcacheError({
    code: 'INPUT_REJECTED',
    what: 'The input is no set of named tensors, which is all that the Open Inference Protocol carries',
    where: 'openInference',
    hint: 'Give the predictor an encode function, or use an engine that takes JSON',
  });
}
