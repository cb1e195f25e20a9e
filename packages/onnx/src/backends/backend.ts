import type { InferenceSession } from 'onnxruntime-web';
import type { OrtModule } from '../session/runtime.js';

export type ExecutionProviders = NonNullable<InferenceSession.SessionOptions['executionProviders']>;

/** How ONNX Runtime is made to compute in this realm. */
export interface Backend {
  /** Called once, before the first session. */
  prepare(ort: OrtModule, threads: number | undefined): Promise<PreparedBackend>;
}

export interface PreparedBackend {
  /** What sessions are built for; each node of a model is computed by the first that can. */
  readonly executionProviders: ExecutionProviders;
  /** Threads asked for. */
  readonly threads: number;
  /** Whether an item's bits are the same whatever it is computed together with. */
  readonly isExact: boolean;
  /** Computes, and says what did it. Nothing else uses the runtime meanwhile. */
  compute<T>(task: () => Promise<T>): Promise<{ readonly value: T; readonly backend: string }>;
  /** Anything else that uses the runtime. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
}
