import { createPredictor, isPredcacheError, memory, type Tensors } from '@predcache/core';
import { openInference } from '@predcache/remote';
import { httpLookup } from '@predcache/shared';

const model = { name: 'm', version: '1' } as const;
/** One engine for the page, which learns what may be sent and read. */
let engine: ReturnType<typeof openInference> | undefined;

export interface Answered {
  /** The last of the doubled numbers, or the code of an error. */
  readonly last?: number | undefined;
  readonly code?: string | undefined;
}

/** Sends `count` numbers to a server, which doubles them. */
async function infer(baseUrl: string, count: number): Promise<Answered> {
  engine ??= openInference({ baseUrl });
  const data = Float32Array.from({ length: count }, (_, index) => index);
  try {
    const { outputs } = await engine.run([{ x: { type: 'float32', dims: [count], data } }], { model });
    return { last: (outputs[0] as Tensors).y?.data[count - 1] as number };
  } catch (error) {
    return { code: isPredcacheError(error) ? error.code : String(error) };
  }
}

/** Asks by key first, then the same server with the input; as somebody who has nothing stored. */
async function predict(
  baseUrl: string,
  value: number,
): Promise<{ source: string; key: string; last: unknown }> {
  const predictor = createPredictor<Tensors, Tensors>({
    model,
    tiers: [memory({ maxSize: 1e6 }), httpLookup({ baseUrl })],
    inCloud: openInference({ baseUrl }),
  });
  const x = { type: 'float32', dims: [1], data: Float32Array.of(value) } as const;
  const { output, source, key } = await predictor.predict({ x });
  await predictor.dispose();
  return { source, key, last: output.y?.data[0] };
}

const remote = { infer, predict };
Object.assign(globalThis, { remote });

export type RemotePage = typeof remote;
