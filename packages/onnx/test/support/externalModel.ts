import { field, message, repeated } from './protobuf.js';

/** `y = x * factor` for float32 [N], its factor in a file of its own: the file's path is `weights.data`. */
export function externalModel(factor: number): { readonly model: Uint8Array; readonly weights: Uint8Array } {
  const vector = (name: string) =>
    message(
      field(1, name),
      field(2, message(field(1, message(field(1, 1), field(2, message(field(1, message(field(2, 'N'))))))))),
    );
  const entry = (key: string, value: string) => message(field(1, key), field(2, value));
  const initializer = message(
    field(1, 1),
    field(2, 1),
    field(8, 'factor'),
    ...repeated(13, [entry('location', 'weights.data'), entry('offset', '0'), entry('length', '4')]),
    field(14, 1),
  );
  const graph = message(
    field(1, message(field(1, 'x'), field(1, 'factor'), field(2, 'y'), field(4, 'Mul'))),
    field(2, 'test'),
    field(5, initializer),
    field(11, vector('x')),
    field(12, vector('y')),
  );
  return {
    model: message(
      field(1, 8),
      field(2, 'predcache-tests'),
      field(7, graph),
      field(8, message(field(1, ''), field(2, 13))),
    ),
    weights: new Uint8Array(Float32Array.of(factor).buffer),
  };
}
