import type { Tensors } from '@predcache/core';

export function encode(input: { readonly text: string }): Tensors;
