import './dropLocks.js';
import '@predcache/onnx/worker';
