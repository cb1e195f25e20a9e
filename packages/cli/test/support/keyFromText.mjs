export { encode } from './encodeText.mjs';

export function keyFrom({ text }) {
  return new TextEncoder().encode(text);
}

export const encodeVersion = 'text-1';
