declare module 'virtual:language-models' {
  import type { Model } from '@predcache/core';
  import type { Language } from './languageId/ranking.js';
  import type { Vocabulary } from './languageId/toChars.js';

  /** Made at build time from the files in `models/`, see `plugins/languageModels.ts`. */
  export const vocabulary: Vocabulary;
  export const languages: readonly Language[];
  export const models: { readonly small: Model; readonly large: Model };
}
