export { type OnnxOptions, onnx } from './page/onnx.js';
