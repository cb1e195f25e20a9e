// Sets up long after the page has sent its first call.
await new Promise((resolve) => setTimeout(resolve, 300));
await import('@predcache/onnx/worker');

export {};
