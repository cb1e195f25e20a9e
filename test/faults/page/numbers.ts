import { type Entry, entrySize, keyOf, type Model, type Tensors } from '@predcache/core';
import { mix32 } from '../../bench/support/mix32.js';

/** An input: what is asked for is a function of these two, so that every answer can be checked to the bit. */
export type Input = {
  readonly number: number;
  /** The least number of floats in the outputs. */
  readonly floats: number;
};

export const model: Model = { name: 'numbers', version: '1' };

/** What the model computes. Sizes differ from number to number, so that accounts cannot be right by chance. */
export function compute({ number, floats }: Input): Tensors {
  const data = new Float32Array(floats + (number % 16));
  for (let index = 0; index < data.length; index++)
    data[index] = mix32(Math.imul(number + 1, 0x9e3779b9) + index);
  return { y: { type: 'float32', dims: [data.length], data } };
}

/** Whether outputs are those of an input, to the bit. */
export function areRight(outputs: unknown, input: Input): boolean {
  const { y: expected } = compute(input);
  const names = Object.keys(outputs as object);
  const { y } = outputs as Partial<Tensors>;
  return (
    names.length === 1 &&
    y?.type === 'float32' &&
    y.data instanceof Float32Array &&
    y.dims.length === 1 &&
    y.dims[0] === expected!.dims[0] &&
    y.data.length === expected!.data.length &&
    y.data.every((value, index) => value === expected!.data[index])
  );
}

const keys = new Map<string, Promise<string>>();

/** The key of an input. Kept, because making it costs more than much of what is tested here. */
export function keyOfInput(input: Input): Promise<string> {
  const id = `${input.number} ${input.floats}`;
  let key = keys.get(id);
  if (key === undefined) {
    key = keyOf(model, input);
    keys.set(id, key);
  }
  return key;
}

/** The entry that predicting an input would store. */
export async function entryOf(input: Input, modelId: string): Promise<Entry> {
  const outputs = compute(input);
  return {
    key: await keyOfInput(input),
    model: modelId,
    outputs,
    createdAt: Date.now(),
    cost: 1,
    size: entrySize(outputs, []),
    tags: [],
    computedBy: 'on_device',
    backend: 'function',
  };
}
