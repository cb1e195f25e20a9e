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
}
