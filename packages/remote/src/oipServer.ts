import { isPredcacheError, type Model, PredcacheError } from '@predcache/core';
import type { ResolvedOptions } from './openInferenceOptions.js';
import {
  decodeModelMetadata,
  decodeServerMetadata,
  type ModelMetadata,
  type ServerMetadata,
} from './protocol/metadata.js';
import type { ExchangeRequest } from './transport/exchange.js';
import { readyFlag } from './transport/readyFlag.js';
import { resolveUrl } from './transport/resolveUrl.js';
import type { Call, Transport } from './transport/transport.js';

/** What a server says of itself and its models. */
export class OipServer {
  readonly #options: ResolvedOptions;
  readonly #transport: Transport;
  #asking: Promise<boolean | undefined> | undefined;
  /** By path: whether requests may be joined along the first axis. */
  readonly #joinable = new Map<string, boolean>();
  readonly #askingJoinable = new Map<string, Promise<boolean>>();

  constructor(options: ResolvedOptions, transport: Transport) {
    this.#options = options;
    this.#transport = transport;
  }

  /** For instance `/models/language-id/versions/1`. */
  path(model: Model): string {
    const { version } = this.#options;
    const path = `/models/${encodeURIComponent(this.#options.model ?? model.name)}`;
    return version === undefined ? path : `${path}/versions/${encodeURIComponent(version)}`;
  }

  request(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: Uint8Array<ArrayBuffer>,
  ): ExchangeRequest {
    const url = resolveUrl(`${this.#options.baseUrl}${path}`);
    return { method, url, headers, body };
  }

  /** @throws {PredcacheError} `REMOTE_STATUS` when the model is not ready. */
  async checkReady(path: string, signal: AbortSignal | undefined): Promise<void> {
    const request = this.request('GET', `${path}/ready`);
    const answer = await this.#transport.call(request, signal, (call) => call.send(request));
    if (readyFlag(answer.body)) return;
    throw new PredcacheError({
      code: 'REMOTE_STATUS',
      what: 'The server says that the model is not ready',
      where: `${request.method} ${request.url}`,
      hint: 'Try again later',
      details: { status: 503 },
    });
  }

  async metadata(signal?: AbortSignal): Promise<ServerMetadata> {
    const request = this.request('GET', '');
    return this.#transport.call(request, signal, (call) => askMetadata(call, request));
  }

  async modelMetadata(path: string, signal?: AbortSignal): Promise<ModelMetadata> {
    const request = this.request('GET', path);
    const answer = await this.#transport.call(request, signal, (call) => call.send(request));
    return decodeModelMetadata(answer.body);
  }

  /**
   * Whether the server has the extension for binary tensors; `undefined` where it cannot be asked now. Calls of one
   * moment ask once.
   */
  hasBinary(): Promise<boolean | undefined> {
    this.#asking ??= this.#askBinary().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #askBinary(): Promise<boolean | undefined> {
    try {
      const request = this.request('GET', '');
      const { extensions } = await this.#transport.call(request, undefined, (call) =>
        askMetadata(call, request, 0),
      );
      return extensions.includes('binary_tensor_data');
    } catch (error) {
      return saysNo(error) ? false : undefined;
    }
  }

  /** Whether the model takes any number of rows, and gives as many; `undefined` while nobody has asked. */
  knownJoinable(path: string): boolean | undefined {
    return this.#joinable.get(path);
  }

  /** Asks that. Calls of one moment ask once. */
  isJoinable(path: string): Promise<boolean> {
    let asking = this.#askingJoinable.get(path);
    if (asking === undefined) {
      asking = this.#askJoinable(path).finally(() => this.#askingJoinable.delete(path));
      this.#askingJoinable.set(path, asking);
    }
    return asking;
  }

  isNotJoinable(path: string): void {
    this.#joinable.set(path, false);
  }

  async #askJoinable(path: string): Promise<boolean> {
    try {
      const isJoinable = isBatched(await this.modelMetadata(path));
      this.#joinable.set(path, isJoinable);
      return isJoinable;
    } catch (error) {
      if (saysNo(error)) this.#joinable.set(path, false);
      return false;
    }
  }
}

/** Whether every input and output has a first axis of any length. */
export function isBatched({ inputs, outputs }: ModelMetadata): boolean {
  const all = [...inputs, ...outputs];
  return inputs.length > 0 && all.every(({ shape }) => shape[0] === -1);
}

async function askMetadata(call: Call, request: ExchangeRequest, retries?: number): Promise<ServerMetadata> {
  const answer = await call.send(request, retries === undefined ? {} : { retries });
  return decodeServerMetadata(answer.body);
}

/** An answer, if not the one hoped for: asking again would give the same. */
function saysNo(error: unknown): boolean {
  if (!isPredcacheError(error)) return false;
  const { status } = error.details;
  if (error.code === 'REMOTE_STATUS') return typeof status === 'number' && status < 500 && status !== 429;
  return error.code === 'REMOTE_PROTOCOL';
}
