import './noMoreWorkers.js';
import '@predcache/onnx/worker';
