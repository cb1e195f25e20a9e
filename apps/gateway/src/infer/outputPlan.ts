import type { Tensors } from '@predcache/core';
import type { InferRequest, TensorFormat } from '@predcache/remote';
import { GatewayError } from '../http/gatewayError.js';
import type { ModelSignature } from '../onnxFile/modelSignature.js';

/** Which outputs a request wants, in which order, and how each of them is to travel. */
export class OutputPlan {
  readonly #formats: ReadonlyMap<string, TensorFormat>;

  /** @throws {GatewayError} 400 for an output that the model does not have. */
  constructor({ outputs, outputFormat = 'json' }: InferRequest, signature: ModelSignature) {
    const known = signature.outputs.map(({ name }) => name);
    const unknown = outputs?.find(({ name }) => !known.includes(name));
    if (unknown !== undefined) {
      const names = known.map((name) => `'${name}'`).join(', ');
      throw new GatewayError(
        400,
        `The model has no output '${unknown.name.slice(0, 100)}'; it gives ${names}`,
      );
    }
    const wanted = outputs ?? known.map((name) => ({ name, format: undefined }));
    this.#formats = new Map(wanted.map(({ name, format }) => [name, format ?? outputFormat]));
  }

  select(outputs: Tensors): Tensors {
    return Object.fromEntries([...this.#formats.keys()].map((name) => [name, outputs[name]!]));
  }

  readonly formatOf = (name: string): TensorFormat => this.#formats.get(name)!;
}
