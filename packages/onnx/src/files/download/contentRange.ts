export interface ContentRange {
  readonly start: number;
  /** Of the last byte. */
  readonly end: number;
  /** Of the whole file, where the server says it. */
  readonly size: number | undefined;
}

/** Reads a `Content-Range` header; `undefined` for what is none of one range of bytes. */
export function parseContentRange(header: string | null): ContentRange | undefined {
  const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header?.trim() ?? '') ?? [];
  if (start === undefined) return undefined;
  const range = {
    start: Number(start),
    end: Number(end),
    size: size === '*' ? undefined : Number(size),
  };
  const isSound = range.start <= range.end && (range.size === undefined || range.end < range.size);
  return isSound ? range : undefined;
}
