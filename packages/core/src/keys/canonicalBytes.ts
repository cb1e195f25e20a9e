import { copyTensors } from '../copyPayload.js';
import { PredcacheError } from '../errors/predcacheError.js';
import type { Payload } from '../payload.js';
import type { Tensor, Tensors } from '../tensor.js';
import { tensorTypeCode } from '../tensorTypes.js';
import { looksLikeTensors, validateTensors } from '../validateTensors.js';
import type { ByteWriter } from './byteWriter.js';
import { canonicalJson, parseCanonicalJson } from './canonicalJson.js';

/** The kinds of input a key can be made of; the first byte of the canonical bytes. See `docs/keys.md`. */
const kind = { tensors: 1, json: 2, raw: 3, varied: 4 } as const;

/**
 * Writes an input's canonical bytes and gives a function that makes a copy of the input no caller can change. The copy
 * is only needed on a miss, so it is left to the caller when to make it — before anything is awaited.
 *
 * @throws {PredcacheError} `INPUT_TENSOR_INVALID` or `INPUT_NOT_JSON`.
 */
export function writeCanonicalInput(writer: ByteWriter, input: unknown): () => Payload {
  if (looksLikeTensors(input)) {
    validateTensors(input);
    writeTensors(writer, input);
    return () => copyTensors(input);
  }
  if (input === undefined) {
    throw new PredcacheError({
      code: 'INPUT_INVALID',
      what: 'The input is undefined',
      where: 'predict',
      hint: 'Pass named tensors or a JSON value, or give the predictor an encode function',
    });
  }
  if (typeof input === 'string') writer.expect(input.length);
  const text = canonicalJson(input);
  writer.uint8(kind.json);
  writer.text(text);
  return () => parseCanonicalJson(text);
}

/** Writes bytes an app has chosen to key an input by, with the version of the encoder that follows. */
export function writeRawInput(writer: ByteWriter, bytes: Uint8Array, encodeVersion: string): void {
  writer.uint8(kind.raw);
  writer.text(encodeVersion);
  writer.uint64(bytes.length);
  writer.bytes(bytes);
}

/** Writes state beyond the input that an answer depends on. The input itself follows. */
export function writeVariation(writer: ByteWriter, variation: unknown): void {
  writer.uint8(kind.varied);
  writer.text(canonicalJson(variation));
}

function writeTensors(writer: ByteWriter, tensors: Tensors): void {
  const names = Object.keys(tensors);
  if (names.length > 1) names.sort();
  writer.uint8(kind.tensors);
  writer.uint32(names.length);
  for (const name of names) {
    writer.text(wellFormed(name));
    writeTensor(writer, tensors[name]!);
  }
}

function writeTensor(writer: ByteWriter, { type, dims, data }: Tensor): void {
  writer.uint8(tensorTypeCode(type));
  writer.uint32(dims.length);
  for (const dim of dims) writer.uint64(dim);
  if (type === 'string') {
    for (const element of data) writer.text(wellFormed(element));
  } else {
    writer.uint64(data.byteLength);
    writer.bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}

/** UTF-8 has no form for half a surrogate pair: encoders write U+FFFD, and two different inputs would meet. */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  throw new PredcacheError({
    code: 'INPUT_TENSOR_INVALID',
    what: 'A string holds half of a surrogate pair',
    where: 'a string tensor or a tensor name',
    hint: 'Pass text that is well-formed Unicode',
  });
}
