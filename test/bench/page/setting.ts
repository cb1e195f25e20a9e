import type { Model, Tensors } from '@predcache/core';

const parameters = new URLSearchParams(location.search);

export const model: Model = {
  name: 'language-id-small',
  version: '1',
  url: '/models/language-id-small.onnx',
  integrity: parameters.get('integrity') ?? undefined,
};

/** Stands for a text of 24 characters; another number is another text. */
export function textInput(number: number): Tensors {
  const data = Int32Array.from({ length: 24 }, (_, index) => 2 + ((number >> (index % 16)) & 15));
  data[0] = 2 + (number % 30);
  data[1] = 2 + (Math.floor(number / 30) % 30);
  data[2] = 2 + (Math.floor(number / 900) % 30);
  return { chars: { type: 'int32', dims: [1, 24], data } };
}
