import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GeneratedFile } from './generatedFile.js';

export interface ServedFile {
  readonly file: GeneratedFile;
  readonly etag?: string;
  readonly lastModified?: string;
  /** Whether `Range` is understood. @default true */
  readonly ranges?: boolean;
  /** Whether `If-Range` is. @default true */
  readonly ifRange?: boolean;
  /** Sends so many bytes in front of a range's own. */
  readonly shift?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends so many bytes of the file, then nothing more until `release()`. */
  readonly holdAt?: number;
  /** Bytes in a second. */
  readonly rate?: number;
}

export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  status: number;
  /** Bytes of the body handed to the connection. */
  sent: number;
}

/** Serves files as a good server does, or not so good ones, and counts what it sends. */
export class FileServer {
  readonly files = new Map<string, ServedFile>();
  requests: SeenRequest[] = [];
  /** Cuts every connection. */
  isDown = false;
  /** Answers everything with this status. */
  status: number | undefined;
  #release: () => void = () => {};
  #released = new Promise<void>((resolve) => {
    this.#release = resolve;
  });

  release(): void {
    this.#release();
  }

  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { pathname } = new URL(request.url!, 'http://files.test');
    const served = this.files.get(pathname);
    if (served === undefined) return false;
    if (this.isDown) {
      request.socket.destroy();
      return true;
    }
    const seen: SeenRequest = { path: pathname, range: request.headers.range, status: 0, sent: 0 };
    this.requests.push(seen);
    void this.#send(served, request, response, seen);
    return true;
  }

  async #send(
    served: ServedFile,
    request: IncomingMessage,
    response: ServerResponse,
    seen: SeenRequest,
  ): Promise<void> {
    const { file, etag, lastModified } = served;
    const common = {
      ...(etag === undefined ? {} : { etag }),
      ...(lastModified === undefined ? {} : { 'last-modified': lastModified }),
      // So that what is stored is what the SDK stores.
      'cache-control': 'no-store',
      ...served.headers,
    };
    const writeHead = (status: number, headers: Record<string, string | number> = {}) => {
      seen.status = status;
      response.writeHead(status, { ...common, ...headers });
    };
    if (this.status !== undefined) {
      writeHead(this.status);
      return void response.end();
    }
    const { 'if-none-match': ifNoneMatch, 'if-modified-since': ifModifiedSince } = request.headers;
    const isKnown =
      ifNoneMatch === undefined
        ? ifModifiedSince !== undefined && ifModifiedSince === lastModified
        : ifNoneMatch === etag;
    if (isKnown) {
      writeHead(304);
      return void response.end();
    }
    const start = this.#start(served, request);
    if (start === undefined) writeHead(200, { 'content-length': file.size });
    else {
      const from = start - (served.shift ?? 0);
      writeHead(206, {
        'content-length': file.size - from,
        'content-range': `bytes ${from}-${file.size - 1}/${file.size}`,
      });
    }
    await this.#sendBody(
      served,
      (start ?? 0) - (start === undefined ? 0 : (served.shift ?? 0)),
      response,
      seen,
    );
  }

  #start({ ranges = true, ifRange = true, etag, lastModified }: ServedFile, request: IncomingMessage) {
    const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    if (!ranges || start === undefined) return undefined;
    const condition = request.headers['if-range'];
    const holds = condition === undefined || condition === etag || condition === lastModified;
    return holds || !ifRange ? Number(start) : undefined;
  }

  async #sendBody(
    { file, holdAt, rate }: ServedFile,
    start: number,
    response: ServerResponse,
    seen: SeenRequest,
  ): Promise<void> {
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const began = performance.now();
    for (const piece of file.pieces(start)) {
      if (response.destroyed) return;
      if (holdAt !== undefined && start + seen.sent + piece.length > holdAt)
        await Promise.race([this.#released, closed]);
      const due = rate === undefined ? 0 : (seen.sent / rate) * 1000 - (performance.now() - began);
      if (due > 1) await new Promise((resolve) => setTimeout(resolve, due));
      const goesOn = response.write(piece);
      seen.sent += piece.length;
      if (!goesOn) await Promise.race([new Promise((resolve) => response.once('drain', resolve)), closed]);
    }
    response.end();
  }
}
