import { isPredcacheError } from '@predcache/core';
import {
  decodeInferRequest,
  decodeInferResponse,
  encodeInferRequest,
  encodeInferResponse,
  headerLengthName,
} from '@predcache/remote';
import { describe, expect, it } from 'vitest';
import { tensorOf } from './support/arbitraryTensors.js';
import { bytesOf } from './support/bytes.js';
import { mulberry32 } from './support/mulberry32.js';

const tensors = {
  text: tensorOf('string', [2], ['größe', '']),
  ids: tensorOf('int64', [2, 1], [2n ** 60n, -1n]),
  scores: tensorOf('float32', [1, 3], [0.25, -0, 1e-40]),
  mask: tensorOf('bool', [2], [1, 0]),
};

/** Pieces that have broken parsers before. */
const pieces = [
  '-1',
  '1e999',
  '9007199254740993',
  'null',
  '{}',
  '[]',
  '"',
  '\\',
  '\0',
  '\ud800',
  '[[',
  ']]',
  'NaN',
];

function mutate(body: Uint8Array, random: () => number): Uint8Array {
  const below = (limit: number): number => Math.floor(random() * limit);
  const parts = [...body];
  for (let change = 1 + below(3); change > 0; change--) {
    const at = below(parts.length);
    switch (below(5)) {
      case 0:
        parts[at] = below(256);
        break;
      case 1:
        parts.splice(at, 1 + below(8));
        break;
      case 2:
        parts.splice(at, 0, ...bytesOf(pieces[below(pieces.length)]!));
        break;
      case 3:
        parts.splice(at, 0, ...parts.slice(at, at + below(40)));
        break;
      default:
        parts.length = at;
    }
  }
  return Uint8Array.from(parts);
}

describe('random mutations of valid messages', () => {
  for (const format of ['json', 'binary'] as const) {
    for (const kind of ['request', 'response'] as const) {
      it(`never do worse than a typed error: ${kind} as ${format}`, () => {
        const { headers, body } =
          kind === 'request'
            ? encodeInferRequest({ id: '1', inputs: tensors, outputs: [{ name: 'y' }] }, format)
            : encodeInferResponse({ modelName: 'm', outputs: tensors }, () => format);
        const decode = kind === 'request' ? decodeInferRequest : decodeInferResponse;
        const length = headers[headerLengthName];
        const random = mulberry32(20_261_123);
        let refused = 0;
        for (let round = 0; round < 2_500; round++) {
          const mutated = mutate(body, random);
          const changedLength = random() < 0.2 ? Math.floor(random() * (body.length + 9)) : length;
          try {
            const message = decode(mutated, changedLength);
            const read = Object.values('inputs' in message ? message.inputs : message.outputs);
            for (const { dims, data } of read) {
              expect(data.length).toBe(dims.reduce((product, dim) => product * dim, 1));
            }
          } catch (error) {
            if (!isPredcacheError(error)) throw error;
            expect(error.code).toBe('REMOTE_PROTOCOL');
            expect(error.message.length).toBeLessThan(600);
            refused++;
          }
        }
        expect(refused).toBeGreaterThan(1_000);
      });
    }
  }
});
