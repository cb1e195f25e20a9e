import { canonicalJson } from '@predcache/core';
import type { SessionSettings } from '../session/methods.js';

/** Raised when what tabs say to each other changes: tabs may run different versions of an app at the same time. */
export const sharingProtocol = 1;

/**
 * What computes the answers. Two releases may differ in bits, and an entry must equal what the tab's own engine would
 * say: tabs of different releases share nothing. A test holds it against the package files.
 */
export const release = '@predcache/onnx 0.1.0, onnxruntime-web 1.30.0';

export interface SharingNameOptions {
  /** What the app calls it. */
  readonly name: string;
  readonly settings: SessionSettings;
}

/** Begins the names of all locks and channels of those who share: equal where the same call gives the same answer. */
export function sharingName({ name, settings }: SharingNameOptions): string {
  // Through JSON: what is `undefined` counts as left out.
  const plain = JSON.parse(JSON.stringify(settings));
  return `predcache onnx ${sharingProtocol} ${canonicalJson([release, name, plain])}`;
}
