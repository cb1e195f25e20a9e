/**
 * A value as text in which everything shows that an entry must keep: bits of tensor data, -0, NaN, the order and names of
 * members. Equality of test tools takes some of these for one another.
 */
export function exactText(value: unknown): string {
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name}<${bytes.join(' ')}>`;
  }
  if (Array.isArray(value)) return `[${Array.from(value, exactText).join()}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${exactText(member)}`)}}`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : String(value);
}
