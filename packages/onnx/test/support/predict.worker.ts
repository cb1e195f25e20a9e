import '@predcache/onnx/worker';
