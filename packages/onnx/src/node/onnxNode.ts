import type {
  Availability,
  Engine,
  EngineResult,
  LoadOptions,
  Model,
  ModelSignature,
  Payload,
  RunOptions,
} from '@predcache/core';
import { asyncDisposable } from '@predcache/core';
import { PendingCalls } from '../pendingCalls.js';
import type { ModelArgument, SessionSettings } from '../session/methods.js';
import { type ModelReference, modelReference } from '../session/modelReference.js';
import { SessionHost } from '../session/sessionHost.js';
import { requireTensors } from '../session/tensors.js';
import { disposed } from '../transport/workerErrors.js';
import { nodeRuntime } from './nodeRuntime.js';
import { type OnnxNodeOptions, requireNodeOptions } from './onnxNodeOptions.js';
import { readModelFile } from './readModelFile.js';

/**
 * The on-device engine for Node, on the calling thread. `model.url` is a file path, a `file:` URL or a `http(s):` URL.
 * Errors are those of `onnx()`, less the worker's.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` for options that are not what they should be.
 *
 * @example
 * const engine = onnxNode();
 * const model = { name: 'language-id', version: '1', url: 'models/language-id.onnx' };
 * const { outputs } = await engine.run([{ chars: { type: 'int32', dims: [1, 3], data: Int32Array.of(7, 8, 9) } }], { model });
 */
export function onnxNode(options: OnnxNodeOptions = {}): Engine & AsyncDisposable {
  requireNodeOptions(options);
  return asyncDisposable(new OnnxNodeEngine(options));
}

class OnnxNodeEngine implements Engine {
  readonly name = 'onnx';
  readonly concurrency = 1;
  readonly maxBatchSize = 64;
  readonly #calls = new PendingCalls();
  readonly #host: SessionHost;
  readonly #settings: SessionSettings;
  #disposing: Promise<void> | undefined;

  constructor({ runtime = 'auto', batching }: OnnxNodeOptions) {
    this.#host = new SessionHost({ runtime: nodeRuntime(runtime), readModel: readModelFile });
    this.#settings = { batching, modelCache: false };
  }

  async availability({ model }: { readonly model: Model }): Promise<Availability> {
    if (this.#disposing !== undefined)
      return { state: 'unavailable', reason: 'The engine has been disposed of.' };
    try {
      return { state: this.#host.state(nodeReference(model)) };
    } catch (error) {
      return { state: 'unavailable', reason: (error as Error).message };
    }
  }

  load({ model, signal, onProgress }: LoadOptions): Promise<void> {
    return this.#calls.track(async () => this.#host.load(this.#argument(model), { signal, onProgress }), {
      signal,
    });
  }

  signature({ model, signal, onProgress }: LoadOptions): Promise<ModelSignature> {
    return this.#calls.track(
      async () => this.#host.signature(this.#argument(model), { signal, onProgress }),
      {
        signal,
      },
    );
  }

  unload({ model }: { readonly model: Model }): Promise<void> {
    return this.#calls.track(async () => this.#host.unload(this.#argument(model)));
  }

  run(batch: readonly Payload[], { model, signal, onProgress }: RunOptions): Promise<EngineResult> {
    return this.#calls.track(
      async () => {
        const argument = this.#argument(model);
        const inputs = batch.map(requireTensors);
        await letOthersArrive();
        signal?.throwIfAborted();
        if (this.#disposing !== undefined) throw disposed();
        return this.#host.run({ ...argument, batch: inputs }, { signal, onProgress });
      },
      { signal },
    );
  }

  dispose(): Promise<void> {
    const reason = disposed();
    this.#calls.rejectAll(reason);
    this.#disposing ??= this.#host.dispose(reason);
    return this.#disposing;
  }

  #argument(model: Model): ModelArgument {
    return { model: nodeReference(model), settings: this.#settings };
  }
}

/**
 * Turns of the event loop, some µs each while nothing comes. One would not do: a turn takes in no more than one new
 * connection, see https://github.com/libuv/libuv/pull/3696.
 */
const turnsBeforeRun = 16;

/**
 * A run holds up this thread, and with it everything that is read from sockets. So first what has come meanwhile is
 * read: requests that wait together can then be sent together, and small ones are answered between two runs.
 */
async function letOthersArrive(): Promise<void> {
  for (let turn = 0; turn < turnsBeforeRun; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function nodeReference(model: Model): ModelReference {
  return modelReference(model, (url) => {
    if (/^(https?|file|data):/i.test(url)) return new URL(url).href;
    return url;
  });
}
