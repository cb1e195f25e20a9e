import { bytesToHex } from './keys/sha256.js';

/** 32 hexadecimal digits. Not `crypto.randomUUID`: pages without TLS do not have it. */
export function randomId(): string {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
}
