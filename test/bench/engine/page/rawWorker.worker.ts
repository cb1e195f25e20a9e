// What somebody would write by hand: ONNX Runtime behind postMessage, nothing else.
import * as ort from 'onnxruntime-web/wasm';

export interface PlainTensor {
  readonly type: 'float32' | 'int32';
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export type RawRequest =
  | { readonly id: number; readonly url: string }
  | { readonly id: number; readonly feeds: Readonly<Record<string, PlainTensor>> };

const scope = self as unknown as Pick<Worker, 'postMessage' | 'onmessage'>;
let session: ort.InferenceSession;

ort.env.wasm.numThreads = 1;

scope.onmessage = async ({ data: request }: MessageEvent<RawRequest>) => {
  if ('url' in request) {
    const response = await fetch(request.url);
    session = await ort.InferenceSession.create(await response.arrayBuffer(), {
      executionProviders: ['wasm'],
    });
    scope.postMessage({ id: request.id });
    return;
  }
  const feeds: Record<string, ort.Tensor> = {};
  for (const [name, { type, dims, data }] of Object.entries(request.feeds))
    feeds[name] = new ort.Tensor(type as 'float32', data as Float32Array, dims);
  const results = await session.run(feeds);
  const outputs: Record<string, PlainTensor> = {};
  for (const [name, { type, dims, data }] of Object.entries(results))
    outputs[name] = { type, dims, data } as PlainTensor;
  scope.postMessage({ id: request.id, outputs });
};
