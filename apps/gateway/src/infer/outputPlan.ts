import type { Tensors } from '@predcache/core';
import type { InferRequest, TensorFormat } from '@predcache/remote';
import { GatewayError } from '../http/gatewayError.js';
import type { ModelSignature } from '../onnxFile/modelSignature.js';

/** Which outputs a request wants, in which order, and how each of them is to travel. */
export class OutputPlan {
  readonly #formats: ReadonlyMap<string, TensorFormat> | undefined;
  readonly #usual: TensorFormat;

  /** @throws {GatewayError} 400 for an output that the model does not have, as far as it says which it has. */
  constructor({ outputs, outputFormat = 'json' }: InferRequest, signature: ModelSignature) {
    const known = signature.outputs.map(({ name }) => name);
    this.#usual = outputFormat;
    const wanted =
      outputs ?? (known.length === 0 ? undefined : known.map((name) => ({ name, format: undefined })));
    if (known.length > 0)
      for (const { name } of wanted ?? []) if (!known.includes(name)) throw unknown(name, known);
    this.#formats = wanted && new Map(wanted.map(({ name, format }) => [name, format ?? outputFormat]));
  }

  /** @throws {GatewayError} 400 for an output that there is not. */
  select(outputs: Tensors): Tensors {
    if (this.#formats === undefined) return outputs;
    return Object.fromEntries(
      [...this.#formats.keys()].map((name) => {
        if (!Object.hasOwn(outputs, name)) throw unknown(name, Object.keys(outputs));
        return [name, outputs[name]!];
      }),
    );
  }

  readonly formatOf = (name: string): TensorFormat => this.#formats?.get(name) ?? this.#usual;
}

function unknown(name: string, known: readonly string[]): GatewayError {
  const names = known.map((each) => `'${each}'`).join(', ');
  return new GatewayError(400, `The model has no output '${name.slice(0, 100)}'; it gives ${names}`);
}
