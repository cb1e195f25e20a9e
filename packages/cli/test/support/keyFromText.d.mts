export { encode } from './encodeText.mjs';

export function keyFrom(input: { readonly text: string }): Uint8Array;

export const encodeVersion: string;
