import './reportFetches.js';
import '@predcache/onnx/worker';
