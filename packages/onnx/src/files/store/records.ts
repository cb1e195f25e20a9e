/** Bytes of a part: what a download cut off loses at most, and what is held in memory beside the file. */
export const partSize = 4 * 1024 * 1024;

/** Other versions of this package leave what they do not know alone, and read it as not stored. */
const format = 1;

/** One file. Complete ones know their `size`; begun ones where the server said it. */
export interface FileRecord {
  readonly format: typeof format;
  readonly key: string;
  readonly url: string;
  readonly integrity?: string | undefined;
  /** The model that it was downloaded for. */
  readonly name: string;
  readonly version: string;
  readonly size?: number | undefined;
  readonly partSize: number;
  /** Names the parts. Each download that starts with the first byte has its own, so that no two write the same part. */
  readonly download: string;
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  /** ms since 1970: when the download began or went on, or ended. */
  readonly at: number;
}

export interface CompleteRecord extends FileRecord {
  readonly size: number;
}

export interface ModelRecord {
  readonly format: typeof format;
  readonly name: string;
  readonly version: string;
  /** Keys of its files. */
  readonly files: readonly string[];
  /** ms since 1970. */
  readonly lastUsed: number;
}

export function newRecord<T>(fields: T): T & { readonly format: typeof format } {
  return { format, ...fields };
}

export function recordResponse(record: FileRecord | ModelRecord): Response {
  return new Response(JSON.stringify(record), { headers: { 'content-type': 'application/json' } });
}

export async function readFileRecord(response: Response | undefined): Promise<FileRecord | undefined> {
  const record = await readJson<FileRecord>(response);
  const isSound =
    record !== undefined &&
    [record.key, record.url, record.name, record.version, record.download].every(isString) &&
    isCount(record.partSize) &&
    record.partSize > 0 &&
    isCount(record.at);
  return isSound ? record : undefined;
}

export async function readCompleteRecord(
  response: Response | undefined,
): Promise<CompleteRecord | undefined> {
  const record = await readFileRecord(response);
  return isCount(record?.size) ? (record as CompleteRecord) : undefined;
}

export async function readModelRecord(response: Response | undefined): Promise<ModelRecord | undefined> {
  const record = await readJson<ModelRecord>(response);
  const isSound =
    record !== undefined &&
    [record.name, record.version].every(isString) &&
    isCount(record.lastUsed) &&
    Array.isArray(record.files) &&
    record.files.every(isString);
  return isSound ? record : undefined;
}

async function readJson<T extends { readonly format: number }>(
  response: Response | undefined,
): Promise<T | undefined> {
  try {
    const value = (await response?.json()) as T | null | undefined;
    return value?.format === format ? value : undefined;
  } catch {
    return undefined;
  }
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
