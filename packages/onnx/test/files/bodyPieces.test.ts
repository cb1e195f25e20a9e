import { describe, expect, it } from 'vitest';
import { readPieces } from '../../src/files/download/bodyPieces.js';
import { failure } from '../support/failure.js';

const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 7) % 251);

function stream(type: 'bytes' | undefined, pieces: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const length = bytes.length / pieces;
  let index = 0;
  return new ReadableStream({
    type: type as undefined,
    pull(controller) {
      if (index < pieces) controller.enqueue(bytes.slice(index * length, ++index * length));
      else {
        controller.close();
        (controller as unknown as ReadableByteStreamController).byobRequest?.respond(0);
      }
    },
  });
}

describe.each([
  ['a stream of bytes', 'bytes'],
  ['a stream that takes no buffer', undefined],
] as const)('readPieces of %s', (_case, type) => {
  it.each([1, 2, 10])('gives all of it in order, from %i pieces', async (pieces) => {
    const read: Uint8Array[] = [];
    await readPieces(stream(type, pieces), async (piece) => {
      await null;
      read.push(piece.slice());
    });
    expect(Buffer.concat(read).equals(bytes)).toBe(true);
  });

  it('fails as whoever takes the pieces does', async () => {
    const reading = readPieces(stream(type, 2), () => {
      throw new Error('no');
    });
    expect(await failure(reading)).toMatchObject({ message: 'no' });
  });
});

describe('readPieces', () => {
  it('gives nothing of no body', async () => {
    await readPieces(null, () => {
      throw new Error('no');
    });
  });
});
