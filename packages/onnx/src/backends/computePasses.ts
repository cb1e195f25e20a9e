/** What is used of a GPUDevice. */
interface Device {
  createCommandEncoder(...parameters: readonly unknown[]): Encoder;
}

interface Encoder {
  beginComputePass(...parameters: readonly unknown[]): unknown;
}

/**
 * Counts what a device is given to compute from now on. ONNX Runtime does not tell whether it gave a model's nodes to
 * the GPU or left them all to the CPU, which decides about an answer's bits.
 */
export function countComputePasses(device: unknown): () => number {
  let passes = 0;
  const watched = device as Device;
  const createCommandEncoder = watched.createCommandEncoder.bind(watched);
  watched.createCommandEncoder = (...parameters) => {
    const encoder = createCommandEncoder(...parameters);
    const beginComputePass = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (...options) => {
      passes += 1;
      return beginComputePass(...options);
    };
    return encoder;
  };
  return () => passes;
}
