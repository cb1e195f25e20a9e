import './htmlForWasm.js';
import '@predcache/onnx/worker';
