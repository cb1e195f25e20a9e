/** Just enough of the protobuf wire format to write ONNX files. */
export type Field = { readonly number: number; readonly value: number | string | Uint8Array };

export function message(...fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { number, value } of fields) {
    if (typeof value === 'number') {
      parts.push(varint(number * 8), varint(value));
      continue;
    }
    const content = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    parts.push(varint(number * 8 + 2), varint(content.length), content);
  }
  return joined(parts);
}

export function field(number: number, value: Field['value']): Field {
  return { number, value };
}

export function repeated(number: number, values: readonly Field['value'][]): Field[] {
  return values.map((value) => ({ number, value }));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** Weights may be many MB: copied as a whole, not byte by byte. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
