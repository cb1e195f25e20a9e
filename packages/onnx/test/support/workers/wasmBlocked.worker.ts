import './blockWasm.js';
import '@predcache/onnx/worker';
