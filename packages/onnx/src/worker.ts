/**
 * The worker of the on-device engine. The app owns a file with this one line and hands a Worker of it to `onnx()`:
 *
 * @example
 * // predict.worker.ts
 * import '@predcache/onnx/worker';
 */
import * as ort from 'onnxruntime-web/wasm';
import { serveSessions } from './session/serveSessions.js';
import type { WorkerScope } from './transport/serve.js';

// The DOM library types the global scope of a page.
const scope = globalThis as unknown as WorkerScope;

// ONNX Runtime starts its threads from this same file, under this name: they must not answer calls.
if (scope.name !== 'em-pthread') void serveSessions(scope, () => Promise.resolve(ort));
