/**
 * The worker of the on-device engine for WebGPU, in place of `@predcache/onnx/worker`. Where there is no GPU to be had it
 * computes with WebAssembly. Its runtime is larger (27 MB of wasm instead of 14) and has fewer operators and types for the
 * CPU; where `navigator.gpu` is missing the page does better to start the other entry.
 *
 * @example
 * // predict.worker.ts
 * import '@predcache/onnx/worker-webgpu';
 */
import * as ort from 'onnxruntime-web/webgpu';
import { webgpu } from './backends/webgpu.js';
import { serveSessions } from './session/serveSessions.js';
import type { WorkerScope } from './transport/serve.js';

// The DOM library types the global scope of a page.
const scope = globalThis as unknown as WorkerScope;

// ONNX Runtime starts its threads from this same file, under this name: they must not answer calls.
if (scope.name !== 'em-pthread') void serveSessions(scope, () => Promise.resolve(ort), webgpu);
