export { onnxNode } from './node/onnxNode.js';
