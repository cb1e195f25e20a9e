import { gunzipSync, inflateSync } from 'node:zlib';
import {
  decodeInferRequest,
  decodeInferResponse,
  decodeModelMetadata,
  decodeRawRequest,
  decodeServerMetadata,
  headerLengthName,
  type OpenInferenceEngine,
  openInference,
} from '@predcache/remote';
import { describe, expect, it } from 'vitest';
import { serverMessage } from '../src/transport/serverMessage.js';
import { rejection, thrown } from './support/errors.js';
import { type RecordedMessage, recordedFile, recordedMessages } from './support/recordedMessages.js';
import { replayServer } from './support/replayServer.js';

const messages = recordedMessages();
const counting = Float32Array.from({ length: 16 }, (_, index) => index);

function bodyOf({ headers, body }: RecordedMessage): Uint8Array {
  const encoding = headers.get('content-encoding');
  if (encoding === 'gzip') return gunzipSync(body);
  return encoding === 'deflate' ? inflateSync(body) : body;
}

function request(message: RecordedMessage) {
  return decodeInferRequest(bodyOf(message), message.headers.get(headerLengthName));
}

function response(message: RecordedMessage) {
  return decodeInferResponse(message.body, message.headers.get(headerLengthName));
}

function find(file: string): RecordedMessage {
  const message = messages.find((candidate) => candidate.file.endsWith(`${file}.http`));
  if (message === undefined) throw new Error(`${file} is not among the recorded messages`);
  return message;
}

/** What must come out of reading a message; the whole list of recorded messages has to match one of these. */
const kinds: readonly { readonly name: string; readonly of: RegExp; read(message: RecordedMessage): void }[] =
  [
    {
      name: 'a request without a body',
      of: /^(tritonclient\/0[1-5]|mlserver[^/]*\/(health|model|server|cors)).*\.req\.http$/,
      read: ({ body }) => expect(body.length).toBe(0),
    },
    {
      name: 'a recorded client’s request for 16 floats',
      of: /^(tritonclient\/(0[6-9]|1[0-6])|mlserver[^/]*\/(infer|binary|err-unknown)).*\.req\.http$/,
      read: (message) => {
        const { inputs, outputs, outputFormat } = request(message);
        expect(inputs).toEqual({ input0: { type: 'float32', dims: [1, 16], data: counting } });
        const wanted = /binout|binary-extension/.test(message.file) ? 'binary' : 'json';
        if (outputs?.[0]?.format !== undefined)
          expect(outputs).toEqual([{ name: 'output0', format: wanted }]);
        if (/default|1[2-6]-/.test(message.file)) expect(outputFormat).toBe('binary');
      },
    },
    {
      name: 'a request of the wrong shape or type for its model, which is nothing the codec can know',
      of: /^tritonclient\/1[78].*\.req\.http$/,
      read: (message) => {
        const { type, dims } = request(message).inputs.input0!;
        expect([type, ...dims]).toEqual(
          message.file.includes('17') ? ['float32', 1, 15] : ['float64', 1, 16],
        );
      },
    },
    {
      name: 'a malformed request',
      of: /^mlserver[^/]*\/err-(bad|missing|shape).*\.req\.http$/,
      read: (message) => {
        const what = { datatype: 'FP31', json: 'JSON', missing: 'missing', shape: '15 elements' };
        const expected = Object.entries(what).find(([name]) => message.file.includes(name))![1];
        expect(thrown(() => request(message)).message).toContain(expected);
      },
    },
    {
      name: 'a health or readiness answer',
      of: /^(tritonclient\/0[123]|mlserver[^/]*\/(health-.*|model-ready))\.?.*\.res\.http$/,
      read: ({ start }) => expect(start).toContain(' 200 '),
    },
    {
      name: 'server metadata',
      of: /(04-server-metadata|mlserver[^/]*\/server-metadata|crafted\/metadata-server)\.res\.http$/,
      read: ({ body, file }) => {
        const { name, extensions } = decodeServerMetadata(body);
        expect(name).toBe(file.startsWith('mlserver') ? 'mlserver' : 'pc-gateway');
        expect(extensions).toEqual(file.startsWith('mlserver') ? [] : ['binary_tensor_data']);
      },
    },
    {
      name: 'model metadata',
      of: /(05-model-metadata|mlserver[^/]*\/model-metadata|crafted\/metadata-model)\.res\.http$/,
      read: ({ body, file }) => {
        const { inputs, outputs } = decodeModelMetadata(body);
        const crafted = file.startsWith('crafted');
        expect(inputs).toEqual([
          { name: 'input0', datatype: crafted ? 'UINT32' : 'FP32', shape: [-1, crafted ? 2 : 16] },
        ]);
        expect(outputs).toEqual([{ name: 'output0', datatype: 'FP32', shape: [-1, crafted ? 2 : 10] }]);
      },
    },
    {
      name: 'a recorded answer of 10 floats',
      of: /^(tritonclient\/(0[6-9]|1[0135]).*|mlserver[^/]*\/infer-(flat|nested|noid|noid-repeat))\.res\.http$/,
      read: (message) => {
        const { modelName, outputs } = response(message);
        expect(modelName).toBe('mlp_small');
        expect(Object.keys(outputs)).toEqual(['output0']);
        expect(outputs.output0?.dims).toEqual([1, 10]);
        // The two servers differ in the last bits.
        const data = outputs.output0!.data as Float32Array;
        expect(data[0]).toBeCloseTo(1.176177, 5);
        expect(data[9]).toBeCloseTo(1.374618, 5);
      },
    },
    {
      name: 'an error',
      of: /^(tritonclient\/1[24678].*|mlserver[^/]*\/(err|binary|cors|infer-version|model-unknown|model-version).*|crafted\/error.*)\.res\.http$/,
      read: (message) => {
        expect(message.start).toMatch(/ [45]\d\d /);
        const said = serverMessage(message.body);
        expect(said).toMatch(/^[A-Z\d]|^bad |^failed|^unexpected/);
        expect(said).not.toMatch(/[{}\n]|"error"|"detail"/);
      },
    },
    {
      name: 'a message of our own, checked below',
      of: /^crafted\/.*(infer)\.re[qs]\.http$/,
      read: (message) =>
        expect(message.body).toEqual(new Uint8Array(recordedFile(message.file.replace(/http$/, 'body.bin')))),
    },
  ];

describe('every recorded message is read rightly', () => {
  it('and there are some from each source', () => {
    expect(new Set(messages.map(({ file }) => file.split('/')[0])).size).toBe(3);
    expect(messages.length).toBeGreaterThan(70);
  });

  it.each(messages.map((message) => [message.file, message] as const))('%s', (file, message) => {
    const matching = kinds.filter((kind) => kind.of.test(file));
    expect(matching.map(({ name }) => name)).toHaveLength(1);
    matching[0]!.read(message);
  });

  it('the JSON request', () => {
    expect(request(find('crafted/json-infer.req'))).toMatchObject({
      id: '42',
      inputs: {
        input0: { type: 'uint32', dims: [2, 2], data: Uint32Array.of(1, 2, 3, 4) },
        input1: { type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) },
      },
      outputs: [{ name: 'output0' }],
      outputFormat: 'json',
    });
  });

  it('the binary request means the same', () => {
    const { inputs, outputs } = request(find('crafted/binary-infer.req'));
    expect(inputs).toEqual(request(find('crafted/json-infer.req')).inputs);
    expect(outputs).toEqual([{ name: 'output0', format: 'binary' }]);
  });

  it('both answers mean the same', () => {
    const output0 = { type: 'float32', dims: [3, 2], data: Float32Array.of(1, 1.1, 2, 2.1, 3, 3.1) };
    for (const name of ['json', 'binary']) {
      expect(response(find(`crafted/${name}-infer.res`))).toMatchObject({
        modelVersion: '1',
        outputs: { output0 },
      });
    }
    expect(response(find('crafted/binary-infer.res')).id).toBe('42');
  });

  it('text in binary beside a 64-bit integer in JSON, and the other way round', () => {
    expect(request(find('crafted/mixed-bytes-infer.req'))).toMatchObject({
      inputs: {
        text: { type: 'string', dims: [3], data: ['ab', '', 'héllo'] },
        k: { type: 'int64', dims: [1], data: BigInt64Array.of(5n) },
      },
      outputs: [{ name: 'scores', format: 'binary' }, { name: 'label' }],
    });
    expect(response(find('crafted/mixed-bytes-infer.res')).outputs).toEqual({
      scores: { type: 'float32', dims: [3], data: Float32Array.of(0.5, 0.25, 0.125) },
      label: { type: 'string', dims: [3], data: ['cat', 'dog', 'cat'] },
    });
  });

  it('half floats', () => {
    expect(request(find('crafted/fp16-infer.req')).inputs.x).toEqual({
      type: 'float16',
      dims: [1, 4],
      data: Uint16Array.of(0x3c00, 0x4000, 0x8000, 0x7bff),
    });
  });

  it('a raw request, given what the model takes', () => {
    const message = find('crafted/raw-infer.req');
    expect(message.headers.get(headerLengthName)).toBe('0');
    const inputs = decodeRawRequest(message.body, [{ name: 'INPUT0', datatype: 'FP32', shape: [-1, 8] }]);
    expect(inputs.INPUT0?.data).toEqual(counting.subarray(0, 8));
    thrown(() => request(message));
  });

  it("MLServer's test payloads", () => {
    const read = (name: string) => recordedFile(`upstream/mlserver-testdata/${name}.json`);
    const input = { 'input-0': { type: 'int32', dims: [1, 3], data: Int32Array.of(1, 2, 3) } };
    expect(decodeInferRequest(read('inference-request'), undefined).inputs).toEqual(input);
    expect(decodeInferRequest(read('inference-request-with-output'), undefined)).toMatchObject({
      inputs: input,
      outputs: [{ name: 'requested-output-0' }],
    });
    thrown(() => decodeInferRequest(read('inference-request-invalid-datatype'), undefined));
    expect(decodeInferResponse(read('inference-response'), undefined)).toMatchObject({
      modelName: 'sum-model',
      id: '123',
      outputs: { 'output-0': { type: 'float32', dims: [1], data: Float32Array.of(21) } },
    });
    expect(decodeModelMetadata(read('metadata-model-response')).versions).toEqual(['sum-model/v1.2.3']);
    expect(decodeServerMetadata(read('metadata-server-response')).extensions).toEqual(['metrics']);
  });
});

describe('every recorded answer is read rightly by the engine, as it went over the wire', () => {
  const answers = messages.filter(({ file }) => file.endsWith('.res.http'));
  const input = { input0: { type: 'float32', dims: [1, 16], data: counting } } as const;
  const model = { name: 'mlp_small', version: '1' } as const;

  it.each(answers.map((message) => [message.file, message] as const))('%s', async (file, message) => {
    const baseUrl = await replayServer(recordedFile(file));
    const engine = openInference({ baseUrl, retries: 0 });
    const isFine = message.start.includes(' 200 ');
    const ask = asked(file);
    if (!isFine) {
      const { details } = await rejection(ask(engine), 'REMOTE_STATUS');
      expect(details).toMatchObject({ status: Number(message.start.split(' ')[1]), tries: 1 });
      expect(details.message).toBe(serverMessage(message.body));
      return;
    }
    await ask(engine);
  });

  /** What is to be asked so that this is the answer; it fails when the answer is read wrongly. */
  function asked(file: string): (engine: OpenInferenceEngine) => Promise<void> {
    if (/health|ready|\/0[123]-/.test(file)) return (engine) => engine.load({ model });
    if (/server-metadata|metadata-server/.test(file)) {
      return async (engine) =>
        expect(await engine.serverMetadata()).toEqual(decodeServerMetadata(find(bare(file)).body));
    }
    if (/model-metadata|metadata-model/.test(file)) {
      const [type, width, classes] = file.startsWith('crafted') ? ['uint32', 2, 2] : ['float32', 16, 10];
      return async (engine) =>
        expect(await engine.signature({ model })).toEqual({
          inputs: [{ name: 'input0', type, dims: [undefined, width] }],
          outputs: [{ name: 'output0', type: 'float32', dims: [undefined, classes] }],
          isBatched: true,
        });
    }
    return async (engine) => {
      const { outputs } = await engine.run([input], { model });
      expect(outputs).toEqual([response(find(bare(file))).outputs]);
    };
  }

  function bare(file: string): string {
    return file.replace(/\.http$/, '');
  }
});
