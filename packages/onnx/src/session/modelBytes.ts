/** A model's files in memory, ready for a session to be built from them. */
export interface ModelBytes {
  readonly model: Uint8Array<ArrayBuffer>;
  /** Weights that the model keeps in files of their own, each under the path that the model names it by. */
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array<ArrayBuffer> }[];
}
