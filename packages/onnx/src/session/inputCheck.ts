import { PredcacheError, type Tensor, type Tensors, type ValueSignature } from '@predcache/core';
import { showDims } from './signature.js';

/**
 * Checks an input against what the model says it takes: names, types, number of dims and fixed dims. Also that the
 * runtime can be given its values.
 *
 * @throws {PredcacheError} `INPUT_REJECTED`, naming the input, what came and what was expected.
 */
export function checkInputs(tensors: Tensors, signatures: readonly ValueSignature[], model: string): void {
  const expected = signatures.map(({ name }) => name);
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
  for (const signature of signatures) checkInput(tensors[signature.name]!, signature, model);
}

function checkInput(tensor: Tensor, { name, type, dims }: ValueSignature, model: string): void {
  if (tensor.type !== type) {
    throw rejected(model, {
      what: `Input "${name}" came as ${tensor.type}, and the model takes ${type}`,
      hint: `Make encode return "${name}" with type "${type}"`,
      details: { input: name, expected: type, came: tensor.type },
    });
  }
  // No dims mean a scalar or that the model does not say.
  if (dims.length > 0 && !fits(tensor.dims, dims)) {
    throw rejected(model, {
      what: `Input "${name}" came with dims [${tensor.dims.join(', ')}], and the model takes ${showDims(dims)}`,
      hint: `Make encode return "${name}" with dims that fit; named dims may have any size`,
      details: { input: name, expected: showDims(dims), came: [...tensor.dims] },
    });
  }
  checkValues(name, tensor, model);
}

function fits(dims: readonly number[], expected: ValueSignature['dims']): boolean {
  if (dims.length !== expected.length) return false;
  return expected.every((size, axis) => typeof size !== 'number' || size === dims[axis]);
}

/** What the runtime would read as something else without saying so. */
function checkValues(name: string, { type, data }: Tensor, model: string): void {
  if (type === 'bool') {
    const other = (data as Uint8Array).find((value) => value > 1);
    if (other === undefined) return;
    throw rejected(model, {
      what: `Input "${name}" came with the value ${other}, and the model takes bool: 0 or 1`,
      hint: `Make encode write 1 for true in "${name}"`,
      details: { input: name, came: other },
    });
  }
  if (type !== 'string') return;
  const unreadable = (data as readonly string[]).findIndex(
    (text) => text.includes('\0') || !text.isWellFormed(),
  );
  if (unreadable === -1) return;
  throw rejected(model, {
    what: `Input "${name}" came with ${JSON.stringify(data[unreadable])} at ${unreadable}, which the runtime cannot read: it ends texts at a null character and takes no half of a surrogate pair`,
    hint: `Make encode leave null characters and halves of surrogate pairs out of "${name}"`,
    details: { input: name, at: unreadable },
  });
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
