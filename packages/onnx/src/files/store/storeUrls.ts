import type { ModelFile } from '../modelFile.js';

/**
 * Everything is stored under a host that cannot exist (RFC 2606): no request of the app, of a service worker that
 * answers from all caches, or of another script ever meets it.
 */
const origin = 'https://predcache.invalid';

/**
 * What a file is found by. Its digest where one is given: the same file then counts as stored under whatever URL or
 * version of the model it comes next, signed URLs and weights that several versions share among them.
 */
export function fileKey({ url, integrity }: Pick<ModelFile, 'url' | 'integrity'>): string {
  return integrity ?? url;
}

/** The record of a file that is there as a whole. */
export function completeUrl(key: string): string {
  return storeUrl('complete', { file: key });
}

/** The record of a file that is not, or not yet. */
export function begunUrl(key: string): string {
  return storeUrl('begun', { file: key });
}

/** The record of a model: which files it consists of, and when it was used. */
export function modelUrl(identity: string): string {
  return storeUrl('model', { identity });
}

/** A part of what one download brought. */
export function partUrl(download: string, index: number): string {
  return storeUrl('part', { download, index: String(index) });
}

export type StoredKind = 'complete' | 'begun' | 'model' | 'part';

export function parseStoreUrl(url: string): { readonly kind: StoredKind; readonly download: string | null } {
  const { pathname, searchParams } = new URL(url);
  return { kind: pathname.slice(1) as StoredKind, download: searchParams.get('download') };
}

function storeUrl(kind: StoredKind, query: Record<string, string>): string {
  return `${origin}/${kind}?${new URLSearchParams(query)}`;
}
