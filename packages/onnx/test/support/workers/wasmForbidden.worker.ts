import './forbidWasm.js';
import '@predcache/onnx/worker';
