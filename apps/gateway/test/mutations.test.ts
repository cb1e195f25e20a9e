import { expect, it } from 'vitest';
import { mulberry32 } from '../../../packages/remote/test/support/mulberry32.js';
import { errorOf, infer, send } from './support/requests.js';
import { testGateway } from './support/testGateway.js';

const gateway = testGateway();

const inputs = [
  { name: 'a', shape: [1, 2], datatype: 'FP32', parameters: { binary_data_size: 8 } },
  { name: 'b', shape: [1, 2], datatype: 'FP32', data: [1, 2] },
];
const head = Buffer.from(JSON.stringify({ id: '1', inputs, outputs: [{ name: 'sum' }] }));
const message = Buffer.concat([head, Buffer.from(Float32Array.of(3, 4).buffer)]);

it('random mutations of a valid request get an answer or a 4xx, and the gateway goes on', async () => {
  const random = mulberry32(2_026);
  const below = (limit: number) => Math.floor(random() * limit);
  const statuses = new Map<number, number>();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 1_500; round++) {
    const changed = [...message];
    for (let change = 1 + below(2); change > 0; change--) {
      const at = below(changed.length);
      const kind = below(3);
      if (kind === 0) changed[at] = below(256);
      else if (kind === 1) changed.splice(at, 1 + below(10));
      else changed.splice(at, 0, ...changed.slice(below(changed.length)).slice(0, 30));
    }
    const reply = await infer(gateway, 'add', Uint8Array.from(changed), {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(random() < 0.8 ? head.length : below(message.length + 5)),
    });
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
    // NaN is a right answer that JSON cannot carry.
    if (reply.status !== 200) errorOf(reply, reply.status === 406 ? 406 : 400);
  }
  expect(statuses.get(400)).toBeGreaterThan(500);
  expect(statuses.get(200)).toBeGreaterThan(10);
  expect((await send(`${gateway.url}/v2/health/ready`)).status).toBe(200);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(300e6);
}, 60_000);
