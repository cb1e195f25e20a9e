/** Without any library: what an app would write to send one float tensor in binary, and read the one that comes back. */
export async function inferBare(baseUrl: string, model: string, data: Float32Array): Promise<Float32Array> {
  const input = {
    name: 'x',
    datatype: 'FP32',
    shape: [1, data.length],
    parameters: { binary_data_size: data.byteLength },
  };
  const head = new TextEncoder().encode(
    JSON.stringify({ inputs: [input], parameters: { binary_data_output: true } }),
  );
  const body = new Uint8Array(head.length + data.byteLength);
  body.set(head);
  body.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), head.length);
  const response = await fetch(`${baseUrl}/models/${model}/infer`, {
    method: 'POST',
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(head.length),
    },
    body,
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const length = Number(response.headers.get('inference-header-content-length'));
  const { outputs } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length))) as {
    outputs: { parameters: { binary_data_size: number } }[];
  };
  return new Float32Array(bytes.slice(length, length + outputs[0]!.parameters.binary_data_size).buffer);
}
