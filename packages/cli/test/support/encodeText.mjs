import { readFileSync } from 'node:fs';

const vocabulary = new URL('../../../../models/language-id.json', import.meta.url);
const { characters } = JSON.parse(readFileSync(vocabulary, 'utf8'));

/** As the README's page does it. */
export function encode({ text }) {
  const data = Int32Array.from(text.toLowerCase(), (character) => characters.indexOf(character) + 2);
  return { chars: { type: 'int32', dims: [1, data.length], data } };
}
