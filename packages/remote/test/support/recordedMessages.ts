import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A message as it went over the wire. */
export interface RecordedMessage {
  /** Folder and file, for instance `crafted/json-infer.req.http`. */
  readonly file: string;
  /** For instance `POST /v2/models/m/infer HTTP/1.1` or `HTTP/1.1 200 OK`. */
  readonly start: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

const folder = fileURLToPath(new URL('../../../../../shared/oip-examples', import.meta.url));

/** Every recorded message; without them the tests that read them must fail. */
export function recordedMessages(): readonly RecordedMessage[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (cause) {
    throw new Error(`The recorded messages are expected beside the repository, in ${folder}`, { cause });
  }
  return names
    .filter((name) => name.endsWith('.http'))
    .sort()
    .map((name) => parse(name, readFileSync(path.join(folder, name))));
}

export function recordedFile(name: string): Uint8Array {
  return readFileSync(path.join(folder, name));
}

function parse(file: string, message: Buffer): RecordedMessage {
  const end = message.indexOf('\r\n\r\n');
  const [start = '', ...lines] = message.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Headers(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as [string, string];
    }),
  );
  return {
    file: file.split(path.sep).join('/'),
    start,
    headers,
    body: new Uint8Array(message.subarray(end + 4)),
  };
}
