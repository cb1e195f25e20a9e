import './watchMemory.js';
import '@predcache/onnx/worker';
