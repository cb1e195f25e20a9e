import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Model } from '@predcache/core';
import { root } from './command.js';

/** The models that the demo ships. */
export function languageModel(size: 'small' | 'large'): Model & { readonly url: string } {
  const url = path.join(root, `models/language-id-${size}.onnx`);
  const integrity = `sha256-${createHash('sha256').update(readFileSync(url)).digest('base64')}`;
  return { name: `language-id-${size}`, version: '1', url, integrity };
}

/** The modules that tests give to `--encode`, and import themselves. */
export const encodeModule = fileURLToPath(new URL('encodeText.mjs', import.meta.url));
export const keyFromModule = fileURLToPath(new URL('keyFromText.mjs', import.meta.url));

/** Texts that are all different to the model. */
export function texts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const letters = [...index.toString(26)].map((digit) =>
      String.fromCharCode(97 + Number.parseInt(digit, 26)),
    );
    return `bonjour tout le monde ${letters.join('')}`;
  });
}
