export {
  deleteModelFiles,
  type ModelFileInfo,
  type ModelFilesOptions,
  type ModelFilesSelector,
  modelFiles,
} from './files/modelFiles.js';
export { type OnnxOptions, onnx } from './page/onnx.js';
