import type { KeepingOptions } from '../../../packages/onnx/src/files/keptFile.js';
import { keptModels } from '../../../packages/onnx/src/files/keptModels.js';
import type { ModelCacheSettings } from '../../../packages/onnx/src/session/methods.js';
import type { ModelReference } from '../../../packages/onnx/src/session/modelReference.js';

export interface LoadRequest {
  readonly model: ModelReference;
  readonly modelCache: ModelCacheSettings | false;
  readonly options: KeepingOptions;
}

export interface LoadOutcome {
  /** Of each file, the model's own first. */
  readonly digests?: readonly string[];
  /** ms */
  readonly time?: number;
  readonly error?: { readonly code?: string; readonly message: string; readonly details?: object };
}

const controller = new AbortController();

async function load({ model, modelCache, options }: LoadRequest): Promise<LoadOutcome> {
  try {
    const began = performance.now();
    const bytes = await keptModels(options)(model, {
      signal: controller.signal,
      modelCache,
      onBytes: (loaded, total) => globalThis.postMessage({ step: [loaded, total] }),
    });
    const time = performance.now() - began;
    const files = [bytes.model, ...bytes.externalData.map(({ data }) => data)];
    // Large ones would be copied for it, and are measured.
    const small = files.filter(({ byteLength }) => byteLength < 1e8);
    return { time, digests: await Promise.all(small.map(digestOf)) };
  } catch (error) {
    const { code, message, details } = error as { code?: string; message: string; details?: object };
    return {
      error: { message: message ?? String(error), ...(code && { code }), ...(details && { details }) },
    };
  }
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (globalThis.crypto.subtle === undefined) return String(bytes.byteLength);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `sha256-${btoa(String.fromCharCode(...digest))}`;
}

globalThis.onmessage = async ({ data }: MessageEvent<LoadRequest | 'abort'>) => {
  if (data === 'abort') controller.abort('aborted');
  else globalThis.postMessage({ outcome: await load(data) });
};
