import '@predcache/onnx/worker-webgpu';
