import type { EngineSource } from './engines/engine.js';
import type { EntryFreshness } from './freshness.js';
import type { Payload } from './payload.js';

/** A stored prediction. Never changed once made; tiers may keep it by reference. */
export interface Entry {
  /** 64 hexadecimal digits: SHA-256 over the model's identity and the canonical input bytes. */
  readonly key: string;
  /** 64 hexadecimal digits: digest of the model's identity, so that a tier can drop one model's entries. */
  readonly model: string;
  readonly outputs: Payload;
  /** When it was computed, or last found to be still right at its source, in ms since the epoch. */
  readonly createdAt: number;
  /** What computing it took, in ms. */
  readonly cost: number;
  /** Bytes of the outputs, the key and the bookkeeping, as counted by `entrySize`. */
  readonly size: number;
  readonly tags: readonly string[];
  /** Where it was computed; `app` where the app gave it, for instance a corrected label. */
  readonly computedBy: EngineSource | 'app';
  /** What computed it, for instance `wasm`, `webgpu` or `oip`, or `app`: bits may differ between backends. */
  readonly backend: string;
  /** How long it may be used, where its source has said so. */
  readonly freshness?: EntryFreshness | undefined;
}
