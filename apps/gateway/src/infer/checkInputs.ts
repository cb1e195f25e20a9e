import type { Tensor, Tensors } from '@predcache/core';
import { datatypeOf } from '@predcache/remote';
import { GatewayError } from '../http/gatewayError.js';
import type { ModelSignature, SignatureTensor } from '../onnxFile/modelSignature.js';

/**
 * Checks that the inputs are those the model takes, so that what is the client's fault is told apart from ours.
 *
 * @throws {GatewayError} 400, naming the input, what came and what was expected.
 */
export function checkInputs(inputs: Tensors, { inputs: expected }: ModelSignature): void {
  // Some servers behind this one do not say what their models take: they will say themselves what is wrong.
  if (expected.length === 0) return;
  for (const input of expected) {
    const tensor = Object.hasOwn(inputs, input.name) ? inputs[input.name] : undefined;
    if (tensor === undefined) throw wrong(input, 'is missing');
    checkInput(tensor, input);
  }
  const known = new Set(expected.map(({ name }) => name));
  const unknown = Object.keys(inputs).find((name) => !known.has(name));
  if (unknown !== undefined) {
    const names = [...known].map((name) => `'${name}'`).join(', ');
    throw new GatewayError(400, `The model has no input '${unknown.slice(0, 100)}'; it takes ${names}`);
  }
}

function checkInput({ type, dims }: Tensor, input: SignatureTensor): void {
  const datatype = datatypeOf(type);
  if (datatype !== input.datatype) throw wrong(input, `is ${datatype}, expected ${input.datatype}`);
  const { shape } = input;
  if (shape === undefined) return;
  if (dims.length !== shape.length || dims.some((dim, axis) => shape[axis] !== -1 && shape[axis] !== dim)) {
    throw wrong(input, `has shape [${dims.join(', ')}], expected [${shape.join(', ')}]`);
  }
}

function wrong({ name }: SignatureTensor, what: string): GatewayError {
  return new GatewayError(400, `Input '${name}' ${what}`);
}
