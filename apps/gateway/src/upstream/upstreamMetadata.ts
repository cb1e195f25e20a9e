import { PredcacheError } from '@predcache/core';
import { decodeModelMetadata, decodeServerMetadata, type ModelMetadata } from '@predcache/remote';
import type { UpstreamOptions } from './upstreamOptions.js';

/** Asks the server behind this one what it and its models are. */
export class UpstreamMetadata {
  readonly #options: UpstreamOptions;
  readonly #baseUrl: string;
  #takesBinary: Promise<boolean> | undefined;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#baseUrl = options.url.replace(/\/+$/, '').replace(/\/v2$/, '');
  }

  /** @throws {PredcacheError} `REMOTE_STATUS`, `REMOTE_UNREACHABLE`, `REMOTE_TIMEOUT`, `REMOTE_PROTOCOL`. */
  async model(name: string, version: string | undefined): Promise<ModelMetadata> {
    const path = `/v2/models/${encodeURIComponent(name)}`;
    return decodeModelMetadata(
      await this.#get(version === undefined ? path : `${path}/versions/${encodeURIComponent(version)}`),
    );
  }

  /** Whether tensors may travel as bytes. Asked once; not knowing is a no, and asked again the next time. */
  takesBinary(): Promise<boolean> {
    this.#takesBinary ??= this.#get('/v2')
      .then((body) => decodeServerMetadata(body).extensions.includes('binary_tensor_data'))
      .catch(() => {
        this.#takesBinary = undefined;
        return false;
      });
    return this.#takesBinary;
  }

  async #get(path: string): Promise<Uint8Array> {
    const { fetch: fetcher = fetch, headers = {}, timeout = 10_000 } = this.#options;
    const where = `GET ${path} of the upstream server`;
    let response: Response;
    try {
      response = await fetcher(this.#baseUrl + path, { headers, signal: AbortSignal.timeout(timeout) });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      await response.body?.cancel();
    } catch (cause) {
      const isLate = (cause as { name?: unknown }).name === 'TimeoutError';
      throw new PredcacheError({
        code: isLate ? 'REMOTE_TIMEOUT' : 'REMOTE_UNREACHABLE',
        what: isLate ? `It did not answer within ${timeout} ms` : 'It could not be reached',
        where,
        hint: 'Check the server and the upstream option',
        cause,
      });
    }
    throw new PredcacheError({
      code: 'REMOTE_STATUS',
      what: `It answered with status ${response.status}`,
      where,
      hint: 'Check the server and the upstream option',
      details: { status: response.status },
    });
  }
}
