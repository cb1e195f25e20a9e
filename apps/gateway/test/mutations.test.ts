import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { mulberry32 } from '../../../packages/remote/test/support/mulberry32.js';
import { errorOf, infer, type Reply, send } from './support/requests.js';
import { testGateway } from './support/testGateway.js';

const gateway = testGateway();

/** `PREDCACHE_FUZZ=100000` for the long run. */
const rounds = Number(process.env.PREDCACHE_FUZZ ?? 2_000);
/** As many at once, so that what one leaves behind can hurt another. */
const atOnce = 8;

interface Message {
  readonly model: string;
  readonly body: Buffer;
  /** Bytes of JSON, where raw tensors follow. */
  readonly head?: number;
}

const tensor = { shape: [1, 2], datatype: 'FP32' };
const mixedHead = Buffer.from(
  JSON.stringify({
    id: '1',
    inputs: [
      { ...tensor, name: 'a', parameters: { binary_data_size: 8 } },
      { ...tensor, name: 'b', data: [[1, 2]] },
    ],
    outputs: [{ name: 'sum', parameters: { binary_data: true } }],
  }),
);
const textHead = Buffer.from(
  '{"inputs":[{"name":"x","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":11}}]}',
);

/** Valid ones, of every form there is. */
const messages: readonly Message[] = [
  {
    model: 'add',
    body: Buffer.concat([mixedHead, Buffer.from(Float32Array.of(3, 4).buffer)]),
    head: mixedHead.length,
  },
  {
    model: 'two-outputs',
    body: Buffer.from(
      '{"inputs":[{"name":"a","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[2],"datatype":"FP32",' +
        '"data":[3e0,-4.5]}],"parameters":{"binary_data_output":false}}',
    ),
  },
  {
    model: 'identity-int64',
    body: Buffer.from('{"inputs":[{"name":"x","shape":[1],"datatype":"INT64","data":[9007199254740993]}]}'),
  },
  {
    model: 'identity-string',
    body: Buffer.concat([textHead, Buffer.from([2, 0, 0, 0, 0xc3, 0xbc, 1, 0, 0, 0, 0x61])]),
    head: textHead.length,
  },
  { model: 'mlp_small', body: Buffer.from(new Float32Array(16).fill(1).buffer), head: 0 },
];

/** Words that mean something here, to be put where they do not belong. */
const words = [
  '"shape":[-1]',
  '9223372036854775808',
  '1e999',
  '[[[[[[[[',
  '{"a":',
  '\\u0000',
  '\ud800',
  'null',
  '"__proto__"',
  ',',
  '"binary_data_size":4294967296',
  '"datatype":"FP16"',
  '4503599627370496,4503599627370496',
  'NaN',
  '\u00ff',
].map((word) => Buffer.from(word));

/** One that is the same for every run with as many rounds. */
function mutator(seed: number) {
  const random = mulberry32(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const mutate = (body: Buffer): Buffer => {
    let changed = body;
    for (let change = 1 + below(3); change > 0; change--) {
      const at = below(changed.length + 1);
      const rest = changed.subarray(at);
      const first = changed.subarray(0, at);
      switch (below(6)) {
        case 0:
          changed = Buffer.concat([first, Buffer.of(below(256)), rest.subarray(1)]);
          break;
        case 1:
          changed = Buffer.concat([first, rest.subarray(1 + below(10))]);
          break;
        case 2:
          changed = Buffer.concat([first, changed.subarray(below(changed.length + 1)).subarray(0, 30), rest]);
          break;
        case 3:
          changed = Buffer.concat([first, words[below(words.length)]!, rest]);
          break;
        case 4:
          changed = first;
          break;
        default:
          // A digit for another: shapes, sizes and values stay readable and become wrong.
          changed = Buffer.from(
            changed
              .toString('latin1')
              .replace(/\d/g, (digit) => (random() < 0.1 ? String(below(10)) : digit)),
            'latin1',
          );
      }
    }
    return changed;
  };
  return { random, below, mutate };
}

/** What Node's client does not send by itself is not sent: those requests have tests of their own. */
function ask({ random, below, mutate }: ReturnType<typeof mutator>): Promise<Reply> {
  const { model, body, head } = messages[below(messages.length)]!;
  const changed = mutate(body);
  const isCompressed = random() < 0.1;
  const sent = isCompressed ? mutateSometimes(gzipSync(changed)) : changed;
  const length = random() < 0.8 ? head : below(body.length + 5);
  return infer(gateway, model, new Uint8Array(sent), {
    'content-type': random() < 0.5 ? 'application/octet-stream' : 'application/json',
    ...(length === undefined ? {} : { 'inference-header-content-length': String(length) }),
    ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
  });

  function mutateSometimes(bytes: Buffer): Buffer {
    return random() < 0.5 ? mutate(bytes) : bytes;
  }
}

it(
  `${rounds} random mutations of valid requests get an answer or a 4xx, memory stays flat, and the gateway goes on`,
  async () => {
    const statuses = new Map<number, number>();
    const mutations = mutator(2_026);
    let asked = 0;
    let heapAfterWarmUp: number | undefined;
    const one = async (): Promise<void> => {
      while (asked < rounds) {
        asked++;
        const reply = await ask(mutations);
        statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
        // 406: NaN is a right answer that JSON cannot carry. 413: too many elements or rows.
        if (reply.status !== 200)
          errorOf(reply, [400, 406, 413].find((status) => status === reply.status) ?? 400);
        if (asked > rounds / 2) heapAfterWarmUp ??= process.memoryUsage().heapUsed;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
    expect(statuses.get(400)).toBeGreaterThan(rounds / 3);
    expect(statuses.get(200)).toBeGreaterThan(rounds / 100);
    const health = await send(`${gateway.url}/v2/health/ready`);
    expect(health.status).toBe(200);
    for (const { model, body, head } of messages) {
      const headers = head === undefined ? undefined : { 'inference-header-content-length': String(head) };
      expect((await infer(gateway, model, new Uint8Array(body), headers)).status, model).toBe(200);
    }
    expect(process.memoryUsage().heapUsed - heapAfterWarmUp!).toBeLessThan(150e6);
    if (process.env.PREDCACHE_FUZZ !== undefined) {
      console.log(Object.fromEntries(statuses));
      console.log(
        `heap ${heapAfterWarmUp} → ${process.memoryUsage().heapUsed}, resident ${process.memoryUsage().rss}`,
      );
    }
  },
  60_000 + rounds * 20,
);
