import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { RecordingEngine } from './support/recordingEngine.js';
import { infer } from './support/requests.js';
import { testGateway } from './support/testGateway.js';

const engine = new RecordingEngine();
const models = path.join(fileURLToPath(new URL('../../..', import.meta.url)), 'models');
const gateway = testGateway({ models, engine });
const count = 40;

function message(first: number, length: number): string {
  const data = Array.from({ length }, (_, index) => 1 + ((first + index * 7) % 60));
  return JSON.stringify({ inputs: [{ name: 'chars', shape: [1, length], datatype: 'INT32', data }] });
}

function post(body: string): string {
  return (
    'POST /v2/models/language-id-small/infer HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
    `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  );
}

/** Opens connections beforehand, so that what is sent on them arrives together. */
function open(number: number): Promise<Socket[]> {
  return Promise.all(
    Array.from({ length: number }, async () => {
      const socket = connect(gateway.port, '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      await once(socket, 'connect');
      return socket;
    }),
  );
}

it('different requests that come together are computed together, and a small one has its turn', async () => {
  expect((await infer(gateway, 'language-id-small', message(0, 4))).status).toBe(200);
  engine.batches = [];
  const sockets = await open(count + 1);
  const answered: string[] = [];
  const answers = sockets.map(async (socket, index) => {
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /);
    answered.push(index < count ? 'infer' : 'health');
  });
  for (const [index, socket] of sockets.entries()) {
    if (index < count) socket.write(post(message(index, 200 + index)));
    else socket.write('GET /v2/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  }
  await Promise.all(answers);
  expect(engine.inputs).toBe(count);
  expect(engine.batches.length).toBeLessThan(count / 2);
  expect(answered.indexOf('health')).toBeLessThan(count);
}, 60_000);
