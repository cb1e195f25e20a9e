import './reportViolations.js';
import '@predcache/onnx/worker';
