import type { Model, Tensors } from '@predcache/core';

/** A URL that a worker of the same origin can fetch. */
export function blobUrl(bytes: Uint8Array, type = 'application/octet-stream'): string {
  return URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
}

export function modelAt(url: string, name = 'test', integrity?: string): Model {
  return { name, version: '1', url, integrity };
}

export function vector(...values: readonly number[]): Tensors {
  return { x: { type: 'float32', dims: [values.length], data: Float32Array.from(values) } };
}

export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}
