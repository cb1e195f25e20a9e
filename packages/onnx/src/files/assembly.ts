import { ContentDigest } from './contentDigest.js';
import { GrowingBuffer } from './growingBuffer.js';
import { describeFile, type ModelFile } from './modelFile.js';
import { rejectWhatIsNoModel } from './notAModel.js';
import { requireLoadableSize } from './sizeLimit.js';
import { integrityMismatch } from './verifyIntegrity.js';

/** A file that is being put together, hashed on the way where its digest matters. */
export class Assembly {
  readonly #file: ModelFile;
  readonly #buffer: GrowingBuffer;
  readonly #digest: ContentDigest | undefined;

  /**
   * @param likelySize of the whole file.
   * @throws {PredcacheError} `MODEL_INVALID` when it is too large.
   */
  constructor(file: ModelFile, likelySize: number | undefined) {
    if (likelySize !== undefined) requireLoadableSize(likelySize, file);
    this.#file = file;
    this.#buffer = new GrowingBuffer(likelySize ?? 0);
    if (file.integrity !== undefined) this.#digest = new ContentDigest(likelySize);
  }

  get length(): number {
    return this.#buffer.length;
  }

  /** @throws {PredcacheError} `MODEL_INVALID` when it gets too large. */
  append(part: Uint8Array): void {
    requireLoadableSize(this.length + part.byteLength, this.#file);
    this.#buffer.append(part);
    this.#digest?.append(part);
  }

  /** What there is by now, not a copy. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.bytes();
  }

  /** @throws {PredcacheError} `MODEL_NOT_A_MODEL`, `MODEL_INTEGRITY_MISMATCH`. */
  async check(): Promise<void> {
    const bytes = this.bytes();
    rejectWhatIsNoModel(bytes, this.#file);
    const { integrity } = this.#file;
    if (integrity === undefined || this.#digest === undefined) return;
    const actual = await this.#digest.of(bytes);
    if (actual === integrity) return;
    throw integrityMismatch({
      actual,
      integrity,
      where: describeFile(this.#file),
      size: bytes.byteLength,
    });
  }
}
