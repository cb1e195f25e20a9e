import { createHash } from 'node:crypto';

const blockSize = 1 << 20;

/** A file of any size, the same for the same seed, that takes no memory. */
export class GeneratedFile {
  readonly size: number;
  readonly #block: Buffer;

  constructor(size: number, seed: string) {
    this.size = size;
    const pieces: Buffer[] = [];
    for (let index = 0; index < blockSize / 32; index++)
      pieces.push(createHash('sha256').update(`${seed} ${index}`).digest());
    this.#block = Buffer.concat(pieces);
  }

  /** Its bytes from `start` on, in pieces; no two megabytes are equal. */
  *pieces(start = 0): Generator<Buffer> {
    for (let at = start; at < this.size; ) {
      const inBlock = at % blockSize;
      const end = Math.min(blockSize, inBlock + 65_536, inBlock + this.size - at);
      const piece = Buffer.from(this.#block.subarray(inBlock, end));
      if (inBlock === 0) piece.writeUInt32LE(at / blockSize, 0);
      yield piece;
      at += piece.length;
    }
  }

  /** `sha256-` + base64. */
  get integrity(): string {
    const hash = createHash('sha256');
    for (const piece of this.pieces()) hash.update(piece);
    return `sha256-${hash.digest('base64')}`;
  }
}
