import { describe, expect, it } from 'vitest';
import { RecordingEngine } from './support/recordingEngine.js';
import { errorOf, infer, inferBinary } from './support/requests.js';
import { type TestGateway, testGateway } from './support/testGateway.js';

const numbers = (name: string, length: number) => ({
  name,
  shape: [length],
  datatype: 'FP32',
  data: new Array<number>(length).fill(1),
});
const bytes = (length: number) => ({
  ...numbers('x', length),
  data: undefined,
  parameters: { binary_data_size: length * 4 },
});

const said = (came: number, most: number) =>
  `The inputs hold ${came} elements, at most ${most} are taken; send fewer or shorter inputs`;

async function refusesBeyond(gateway: TestGateway, engine: RecordingEngine, most: number): Promise<void> {
  engine.batches = [];
  const tooLong = await infer(gateway, 'identity', { inputs: [numbers('x', most + 1)] });
  expect(errorOf(tooLong, 413)).toBe(said(most + 1, most));
  expect(engine.inputs).toBe(0);
  expect((await infer(gateway, 'identity', { inputs: [numbers('x', most)] })).status).toBe(200);
  expect(engine.inputs).toBe(1);
}

describe('inputs of more elements than are taken are refused with 413, and never reach the model', () => {
  const engine = new RecordingEngine();
  const gateway = testGateway({ engine, limits: { maxElements: 10 } });

  it('as JSON', () => refusesBeyond(gateway, engine, 10));

  it('in binary', async () => {
    const long = await inferBinary(gateway, 'identity', { inputs: [bytes(11)] }, new Uint8Array(44));
    expect(errorOf(long, 413)).toBe(said(11, 10));
    const fits = await inferBinary(gateway, 'identity', { inputs: [bytes(10)] }, new Uint8Array(40));
    expect(fits.status).toBe(200);
  });

  it('all inputs together', async () => {
    const ask = (length: number) =>
      infer(gateway, 'two-outputs', { inputs: [numbers('a', length), numbers('b', length)] });
    expect(errorOf(await ask(6), 413)).toBe(said(12, 10));
    expect((await ask(5)).status).toBe(200);
  });
});

describe('when nothing else is said', () => {
  const engine = new RecordingEngine();
  const gateway = testGateway({ engine });

  it('16,384 elements are taken', () => refusesBeyond(gateway, engine, 16_384));
});
