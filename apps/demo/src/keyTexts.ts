import type { PredictionResult } from '@predcache/react';
import { createContext, useEffect } from 'react';

const maxTexts = 400;
const maxLength = 80;

/** Which text a key stands for, for the list of last answers. Keys are digests: the page itself has to remember. */
export class KeyTexts {
  readonly #texts = new Map<string, string>();

  set(key: string, text: string): void {
    this.#texts.delete(key);
    this.#texts.set(key, text.slice(0, maxLength));
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= maxTexts) break;
      this.#texts.delete(oldest);
    }
  }

  get(key: string): string | undefined {
    return this.#texts.get(key);
  }
}

export const KeyTextsContext = createContext(new KeyTexts());

/** Remembers the text of an answer. */
export function useKeyText(
  texts: KeyTexts,
  { status, prediction }: PredictionResult<unknown>,
  text: string,
): void {
  const key = status === 'success' ? prediction.key : undefined;
  useEffect(() => {
    if (key !== undefined) texts.set(key, text);
  }, [texts, key, text]);
}
