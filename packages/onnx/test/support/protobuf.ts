/** Just enough of the protobuf wire format to write ONNX files. */
export type Field = { readonly number: number; readonly value: number | string | Uint8Array };

export function message(...fields: readonly Field[]): Uint8Array {
  const bytes: number[] = [];
  for (const { number, value } of fields) {
    if (typeof value === 'number') {
      pushVarint(bytes, number * 8);
      pushVarint(bytes, value);
      continue;
    }
    const content = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    pushVarint(bytes, number * 8 + 2);
    pushVarint(bytes, content.length);
    for (const byte of content) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

export function field(number: number, value: Field['value']): Field {
  return { number, value };
}

export function repeated(number: number, values: readonly Field['value'][]): Field[] {
  return values.map((value) => ({ number, value }));
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
