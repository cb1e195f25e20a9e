/** What is cached for: two models that differ in any of name, version or digest never share an entry. */
export interface Model {
  /** For instance `language-id`. At a remote API, the model's name there unless its client is told otherwise. */
  readonly name: string;
  readonly version: string;
  /** Where the on-device engine downloads the model file from; relative to the page. */
  readonly url?: string | undefined;
  /**
   * The model file's digest in Subresource-Integrity form, `sha256-` + base64. Checked before the file is used, and
   * part of every key: a changed file never meets the old one's predictions.
   */
  readonly integrity?: string | undefined;
  /** Files that the model keeps its weights in, beside its own. They are part of every key as well. */
  readonly externalData?: readonly ExternalData[] | undefined;
}

/** A file of a model in ONNX's external data format. */
export interface ExternalData {
  /** The file's name as it stands in the model, for instance `language-id.onnx.data`. */
  readonly path: string;
  /** Where to download it from; relative to the page. */
  readonly url: string;
  /** Its digest, `sha256-` + base64. Checked before it is used. */
  readonly integrity?: string | undefined;
}
