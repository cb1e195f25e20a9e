import { promisify } from 'node:util';
import zlib from 'node:zlib';

/** Ways to compress a body that both sides here know. */
export type Coding = 'gzip' | 'deflate';

/** Bytes from which on compressing pays for its headers and time. */
export const leastCompressed = 1024;

const gzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip);
const deflate = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.deflate);

/** Fast rather than small: answers are mostly numbers, which shrink little more at higher levels. */
export function compress(body: Uint8Array, coding: Coding): Promise<Buffer> {
  return coding === 'gzip' ? gzip(body, { level: 1 }) : deflate(body, { level: 1 });
}

/** The coding for a body of so many bytes, by `Accept-Encoding`; `undefined` is none. */
export function chooseCoding(acceptEncoding: string | undefined, length: number): Coding | undefined {
  if (acceptEncoding === undefined || length < leastCompressed) return undefined;
  const weights = new Map(acceptEncoding.toLowerCase().split(',').map(readWeight));
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0;
  const identity = weights.get('identity') ?? 0;
  const best = weightOf('deflate') > weightOf('gzip') ? 'deflate' : 'gzip';
  return weightOf(best) > 0 && weightOf(best) >= identity ? best : undefined;
}

function readWeight(part: string): [string, number] {
  const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
  const weight = parameters.find((parameter) => /^q=/.test(parameter))?.slice(2);
  return [name === 'x-gzip' ? 'gzip' : name, weight === undefined ? 1 : Number(weight) || 0];
}
