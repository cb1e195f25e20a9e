/** Not `crypto.randomUUID`: pages without TLS do not have it. */
export function randomName(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(36)).join('-');
}
