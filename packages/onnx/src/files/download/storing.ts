import type { Assembly } from '../assembly.js';
import type { Beginning, FileAnswer } from './requestFile.js';

export interface StoredBeginning {
  readonly beginning: Beginning;
  /** With the beginning in it. */
  readonly assembly: Assembly;
}

/** Keeps one file while it is downloaded. Never rejects: a file that cannot be kept is downloaded all the same. */
export interface Storing {
  /** What an earlier download left, ended though it was. */
  beginning(signal: AbortSignal): Promise<StoredBeginning | undefined>;
  /** The rest of that comes now. */
  goOn(): Promise<void>;
  /** The file comes from its first byte on. */
  begin(answer: FileAnswer): Promise<void>;
  /** @param bytes all there are by now. Settles when the next ones may come. */
  append(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** @param bytes the whole file, known to be right. */
  commit(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The file was not the right one. */
  discard(): Promise<void>;
}
