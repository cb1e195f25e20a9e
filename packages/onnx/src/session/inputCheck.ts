import { PredcacheError, type Tensors } from '@predcache/core';
import type { InferenceSession } from 'onnxruntime-web';

/** What ONNX Runtime says of an input or output whose size is unknown and has no name: -1 as an unsigned number. */
const unknownSize = 0xffff_ffff;

/**
 * Checks an input against what the model says it takes: names, types, number of dims and fixed dims.
 *
 * @throws {PredcacheError} `INPUT_REJECTED`, naming the input, what came and what was expected.
 */
export function checkInputs(
  tensors: Tensors,
  metadata: readonly InferenceSession.ValueMetadata[],
  model: string,
): void {
  const expected = metadata.map(({ name }) => name);
  const came = Object.keys(tensors);
  const missing = expected.filter((name) => !Object.hasOwn(tensors, name));
  const extra = came.filter((name) => !expected.includes(name));
  if (missing.length > 0 || extra.length > 0) {
    throw rejected(model, {
      what: [
        ...(missing.length > 0 ? [`The input lacks ${quoted(missing)}`] : []),
        ...(extra.length > 0
          ? [`${missing.length > 0 ? 'and' : 'The input'} has ${quoted(extra)} too much`]
          : []),
      ].join(' '),
      hint: `Pass ${expected.length === 1 ? 'one tensor' : 'tensors'} named ${quoted(expected)}`,
      details: { expected, came },
    });
  }
  for (const value of metadata) checkInput(tensors, value, model);
}

function checkInput(tensors: Tensors, value: InferenceSession.ValueMetadata, model: string): void {
  const tensor = tensors[value.name]!;
  if (!value.isTensor) return;
  const { name, type, shape } = value;
  if (tensor.type !== type) {
    throw rejected(model, {
      what: `Input "${name}" came as ${tensor.type}, and the model takes ${type}`,
      hint: `Make encode return "${name}" with type "${type}"`,
      details: { input: name, expected: type, came: tensor.type },
    });
  }
  // An empty shape means a scalar or that the model does not say.
  if (shape.length === 0 || fits(tensor.dims, shape)) return;
  throw rejected(model, {
    what: `Input "${name}" came with dims [${tensor.dims.join(', ')}], and the model takes [${showShape(shape)}]`,
    hint: `Make encode return "${name}" with dims that fit; named dims may have any size`,
    details: { input: name, expected: showShape(shape), came: [...tensor.dims] },
  });
}

function fits(dims: readonly number[], shape: readonly (number | string)[]): boolean {
  if (dims.length !== shape.length) return false;
  return shape.every((size, axis) => typeof size === 'string' || size === unknownSize || size === dims[axis]);
}

function showShape(shape: readonly (number | string)[]): string {
  return shape.map((size) => (size === unknownSize ? '?' : size)).join(', ');
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.map((name) => `"${name}"`).join(', ');
}

function rejected(
  model: string,
  init: { what: string; hint: string; details: Record<string, unknown> },
): PredcacheError {
  return new PredcacheError({ code: 'INPUT_REJECTED', where: model, ...init });
}
