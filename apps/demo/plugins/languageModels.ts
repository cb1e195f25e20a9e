import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

const virtualId = 'virtual:language-models';
const resolvedId = `\0${virtualId}`;
const sizes = ['small', 'large'] as const;

/**
 * Gives the page the language models' identities and vocabulary as the module `virtual:language-models`. They are part
 * of every key, and a known text is to be answered after a reload before anything at all is requested: so they
 * are built in, and not fetched.
 */
export function languageModels(folder: string): Plugin {
  return {
    name: 'predcache-demo:language-models',
    resolveId: (id) => (id === virtualId ? resolvedId : undefined),
    load(id) {
      if (id !== resolvedId) return undefined;
      const metadataFile = path.join(folder, 'language-id.json');
      this.addWatchFile(metadataFile);
      const { version, labels, characters, maxLength } = JSON.parse(readFileSync(metadataFile, 'utf8'));
      const models = sizes.map((size) => {
        const name = `language-id-${size}`;
        const file = path.join(folder, `${name}.onnx`);
        this.addWatchFile(file);
        const digest = createHash('sha256').update(readFileSync(file)).digest('base64');
        return [size, { name, version, url: `/models/${name}.onnx`, integrity: `sha256-${digest}` }];
      });
      return [
        `export const vocabulary = ${JSON.stringify({ characters, maxLength })};`,
        `export const languages = ${JSON.stringify(labels)};`,
        `export const models = ${JSON.stringify(Object.fromEntries(models))};`,
      ].join('\n');
    },
  };
}
