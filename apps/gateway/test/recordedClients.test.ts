import { describe, expect, it } from 'vitest';
import { recordedMessages } from '../../../packages/remote/test/support/recordedMessages.js';
import { parseRaw, rawExchange } from './support/requests.js';
import { testGateway } from './support/testGateway.js';

const gateway = testGateway();

/** What NVIDIA's client and MLServer's callers must get here; answers not listed are 200. */
const statuses: readonly (readonly [RegExp, number])[] = [
  [/err-unknown-model|model-unknown|16-/, 404],
  [/1[78]-err|err-(bad|missing|shape)/, 400],
  [/cors-preflight/, 204],
];

const requests = recordedMessages().filter(
  ({ file }) => /\.req\.http$/.test(file) && !file.startsWith('crafted'),
);

describe('recorded requests of real clients, sent byte for byte', () => {
  it.each(requests.map((request) => [request.file, request] as const))(
    '%s',
    async (file, { start, headers, body }) => {
      const lines = [...headers]
        .filter(([name]) => name !== 'connection')
        .map(([name, value]) => `${name}: ${value}`);
      const head = [start, ...lines, 'connection: close'].join('\r\n');
      const answer = await rawExchange(gateway.port, `${head}\r\n\r\n`, body);
      const { status, json } = parseRaw(answer);
      const expected = statuses.find(([pattern]) => pattern.test(file))?.[1] ?? 200;
      expect([status, json]).toEqual([expected, status < 400 ? json : { error: expect.any(String) }]);
      if (!file.includes('infer') || status !== 200) return;
      const isBinary = /^inference-header-content-length:/im.test(answer.toString('latin1'));
      expect(isBinary).toBe(/binout|-default|res-(gzip|deflate)/.test(file));
      expect(answer.toString('latin1')).toContain('{"model_name":"mlp_small","model_version":"1"');
    },
  );
});
