export type { NodeRuntime } from './node/nodeRuntime.js';
export { onnxNode } from './node/onnxNode.js';
export type { OnnxNodeOptions } from './node/onnxNodeOptions.js';
