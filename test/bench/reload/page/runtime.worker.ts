// ONNX Runtime by hand: what a page without Predcache would do.
import * as ort from 'onnxruntime-web/wasm';

ort.env.wasm.numThreads = 1;

self.onmessage = async ({ data: { url, chars } }: MessageEvent<{ url: string; chars: Int32Array }>) => {
  const session = await ort.InferenceSession.create(url);
  const { probabilities } = await session.run({ chars: new ort.Tensor('int32', chars, [1, chars.length]) });
  self.postMessage(probabilities!.data);
};
