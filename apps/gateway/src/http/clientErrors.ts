import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';

/** Statuses of what Node's HTTP parser refuses before there is a request to answer. */
const statusByCode: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Answers what is no HTTP with the protocol's JSON error, and closes the connection. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  // ECONNRESET: there is no one to answer any more.
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = statusByCode[error.code] ?? 400;
  const body = JSON.stringify({ error: `The request is not valid HTTP: ${STATUS_CODES[status]}` });
  if (socket.writable) {
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroySoon();
}
