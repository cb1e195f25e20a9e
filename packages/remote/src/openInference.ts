import {
  type Availability,
  asyncDisposable,
  type Engine,
  type EngineResult,
  type LoadOptions,
  looksLikeTensors,
  type Model,
  type ModelSignature,
  type Payload,
  PredcacheError,
  type RunOptions,
  type Tensors,
  validateTensors,
} from '@predcache/core';
import { groupInputs } from './batching/joinInputs.js';
import { splitOutputs } from './batching/splitOutputs.js';
import { FormatChoice } from './formatChoice.js';
import { type Inferred, OipInference } from './oipInference.js';
import { OipServer } from './oipServer.js';
import { type OpenInferenceOptions, type ResolvedOptions, resolveOptions } from './openInferenceOptions.js';
import { Outcomes } from './outcomes.js';
import type { ModelMetadata, ServerMetadata } from './protocol/metadata.js';
import { RequestCompression } from './requestCompression.js';
import { signatureOf } from './signatureOf.js';
import { Life } from './transport/life.js';
import { Transport } from './transport/transport.js';

/** What {@link openInference} makes: an engine, and what else the protocol answers. */
export interface OpenInferenceEngine extends Engine {
  signature(options: LoadOptions): Promise<ModelSignature>;

  /** What the server says of itself, its extensions among others. */
  serverMetadata(options?: { readonly signal?: AbortSignal | undefined }): Promise<ServerMetadata>;

  /** What the server says of the model, its versions among others. */
  modelMetadata(options: {
    readonly model: Model;
    readonly signal?: AbortSignal | undefined;
  }): Promise<ModelMetadata>;
}

/**
 * The in-cloud engine: computes at a server that speaks the Open Inference Protocol v2 (Triton, MLServer, KServe,
 * OpenVINO Model Server, or this project's gateway).
 *
 * Inputs and outputs are tensors. Calls are rejected with `REMOTE_UNREACHABLE` (network, DNS, CORS, or a server left
 * alone for a while because it kept failing), `REMOTE_TIMEOUT`, `REMOTE_STATUS` (`details.status`, and what the server
 * said), `REMOTE_PROTOCOL` (the answer is not what the protocol says), `INPUT_REJECTED` (an input the protocol or the
 * format cannot carry), `DISPOSED`, or the reason of an aborted signal; `details.tries` and `details.statuses` say what
 * was sent. No call outlives `timeout`.
 *
 * What the answer's headers say of how long it may be used (`Cache-Control`, `Age`, `Expires`, `ETag`, `Cache-Status`)
 * decides the freshness of what is stored.
 *
 * `availability` reports how the last call for the model went and asks nothing; a model never asked for is taken to be
 * available, and an unavailable one becomes available again with the next call that works, or when the breaker's
 * `coolDown` is over.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`.
 *
 * @example
 * const predictor = createPredictor({
 *   model: { name: 'language-id', version: '1' },
 *   inCloud: openInference({ baseUrl: 'https://api.example/v2', headers: { authorization: 'Bearer …' } }),
 * });
 */
export function openInference(options: OpenInferenceOptions): OpenInferenceEngine {
  return asyncDisposable(new OpenInference(resolveOptions(options)));
}

class OpenInference implements OpenInferenceEngine {
  readonly name = 'openInference';
  readonly maxBatchSize: number;
  readonly concurrency: number;
  readonly #outcomes: Outcomes;
  readonly #ready = new Set<string>();
  readonly #life = new Life();
  readonly #transport: Transport;
  readonly #server: OipServer;
  readonly #inference: OipInference;

  constructor(options: ResolvedOptions) {
    const { transport, format, compression, compressFrom } = options;
    this.maxBatchSize = options.maxBatchSize;
    this.concurrency = transport.concurrency;
    this.#outcomes = new Outcomes(transport.breaker.coolDown);
    this.#transport = new Transport(transport, this.#life);
    this.#server = new OipServer(options, this.#transport);
    this.#inference = new OipInference({
      server: this.#server,
      formats: new FormatChoice(format),
      compression: new RequestCompression(compression, compressFrom),
    });
  }

  async availability({ model }: { readonly model: Model }): Promise<Availability> {
    if (this.#life.isOver) return { state: 'unavailable', reason: 'The engine has been disposed of' };
    const path = this.#server.path(model);
    const outcome = this.#outcomes.availability(path);
    if (outcome.state !== 'available' || !this.#outcomes.isAny) return outcome;
    const open = this.#transport.circuitAt(this.#server.request('GET', path).url);
    return open === undefined ? outcome : { state: 'unavailable', reason: open.message };
  }

  async load({ model, onProgress, signal }: LoadOptions): Promise<void> {
    const path = this.#server.path(model);
    await this.#watched(path, async () => {
      this.#throwIfOver(signal);
      if (!this.#ready.has(path)) await this.#server.checkReady(path, signal);
      this.#ready.add(path);
    });
    onProgress?.({ phase: 'ready', loadedBytes: 0, ratio: 1 });
  }

  async run(batch: readonly Payload[], { model, signal, etags }: RunOptions): Promise<EngineResult> {
    const path = this.#server.path(model);
    return this.#watched(path, async () => {
      this.#throwIfOver(signal);
      const inputs = batch.map(tensorsOf);
      const latest = this.#server.request('POST', `${path}/infer`);
      return resultOf(
        await this.#transport.call(latest, signal, async (call) => {
          // Each answer to a conditional request concerns one stored prediction.
          const isJoined = inputs.length > 1 && this.maxBatchSize > 1 && etags?.some(Boolean) !== true;
          const infer = (input: Tensors, etag?: string) => this.#inference.infer(call, path, input, etag);
          if (isJoined) return this.#inferJoined(path, inputs, infer);
          return Promise.all(inputs.map((input, index) => infer(input, etags?.[index])));
        }),
      );
    });
  }

  async signature({ model, signal }: LoadOptions): Promise<ModelSignature> {
    return signatureOf(await this.modelMetadata({ model, signal }));
  }

  async serverMetadata({
    signal,
  }: {
    readonly signal?: AbortSignal | undefined;
  } = {}): Promise<ServerMetadata> {
    this.#throwIfOver(signal);
    return this.#server.metadata(signal);
  }

  async modelMetadata({
    model,
    signal,
  }: {
    readonly model: Model;
    readonly signal?: AbortSignal | undefined;
  }): Promise<ModelMetadata> {
    this.#throwIfOver(signal);
    return this.#server.modelMetadata(this.#server.path(model), signal);
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

  /** Few requests for many inputs, where the model allows it. */
  async #inferJoined(
    path: string,
    given: readonly Tensors[],
    infer: (input: Tensors) => Promise<Inferred>,
  ): Promise<Inferred[]> {
    let inputs = given;
    let isJoinable = this.#server.knownJoinable(path);
    if (isJoinable === undefined) {
      // What they are now counts, not what they may be once the server has answered.
      inputs = structuredClone(given);
      isJoinable = await this.#server.isJoinable(path);
    }
    if (!isJoinable) return Promise.all(inputs.map((input) => infer(input)));
    const results: Inferred[] = [];
    const inferGroup = async ({ indexes, rows, inputs: joined }: ReturnType<typeof groupInputs>[number]) => {
      const result = await infer(joined);
      const parts = indexes.length === 1 ? [result.outputs!] : splitOutputs(result.outputs!, rows);
      if (parts === undefined) this.#server.isNotJoinable(path);
      for (const [at, index] of indexes.entries()) {
        results[index] =
          parts === undefined ? await infer(inputs[index]!) : { ...result, outputs: parts[at] };
      }
    };
    await Promise.all(groupInputs(inputs, this.maxBatchSize).map(inferGroup));
    return results;
  }

  #throwIfOver(signal: AbortSignal | undefined): void {
    this.#life.throwIfOver();
    signal?.throwIfAborted();
  }

  async #watched<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#outcomes.succeeded(path);
      return result;
    } catch (error) {
      this.#outcomes.failed(path, error);
      if (this.#outcomes.availability(path).state !== 'available') this.#ready.delete(path);
      throw error;
    }
  }
}

function resultOf(items: readonly Inferred[]): EngineResult {
  return {
    outputs: items.map(({ outputs }) => outputs),
    backend: 'oip',
    ...(items.some(({ freshness }) => freshness !== undefined)
      ? { freshness: items.map(({ freshness }) => freshness) }
      : {}),
    ...(items.some(({ outputs }) => outputs === undefined)
      ? { notModified: items.map(({ outputs }) => outputs === undefined) }
      : {}),
  };
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
