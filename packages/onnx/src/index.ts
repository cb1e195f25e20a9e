export {
  deleteModelFiles,
  type ModelFileInfo,
  type ModelFilesOptions,
  type ModelFilesSelector,
  modelFiles,
} from './files/modelFiles.js';
export { onnx } from './page/onnx.js';
export type { OnnxOptions } from './page/onnxOptions.js';
