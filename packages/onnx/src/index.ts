export { onnx } from './page/onnx.js';
export type { OnnxOptions } from './page/onnxOptions.js';
