import { fileURLToPath } from 'node:url';
import type { SuiteOptions, SuiteResult } from '../suite.js';
import { buildGatewayOnce } from './buildGatewayOnce.js';
import { Connection } from './requestLoad.js';
import { ServedProcess } from './servedProcess.js';

const models = fileURLToPath(new URL('../../../models', import.meta.url));
const model = 'language-id-small';
const clients = 1000;

/** Another text for each round. */
function message(round: number): Buffer {
  const data = Array.from({ length: 64 }, (_, index) => 1 + ((index * 7 + round) % 60));
  const body = JSON.stringify({ inputs: [{ name: 'chars', shape: [1, 64], datatype: 'INT32', data }] });
  return Buffer.from(
    `POST /v2/models/${model}/infer HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** A thousand clients ask the same at once: how often the model runs, which is to be once. */
export async function collapse1000({ isQuick }: SuiteOptions): Promise<SuiteResult> {
  await buildGatewayOnce();
  const gateway = await ServedProcess.start('gatewayServer.mjs', models);
  try {
    const rounds = isQuick ? 3 : 10;
    let most = 0;
    for (let round = 0; round < rounds; round++)
      most = Math.max(most, await inferencesOf(gateway, message(round)));
    return {
      text: `${clients} identical requests at once, ${rounds} times: at most ${most} inferences`,
      figures: { collapse1000: most },
    };
  } finally {
    await gateway.close();
  }
}

/** All connections are open beforehand, so that what is sent on them arrives together. */
async function inferencesOf(gateway: ServedProcess, request: Buffer): Promise<number> {
  const open = await Promise.all(Array.from({ length: clients }, () => Connection.open(gateway.url)));
  try {
    const before = await inferences(gateway.url);
    const answers = await Promise.all(open.map((connection) => connection.ask(request)));
    const first = answers[0]!;
    for (const { head, body } of answers)
      if (!/^HTTP\/1\.1 200 /.test(head) || !body.equals(first.body))
        throw new Error(`Another answer: ${head}`);
    return (await inferences(gateway.url)) - before;
  } finally {
    for (const connection of open) connection.close();
  }
}

/** Inputs that the model has been run with. */
async function inferences(url: string): Promise<number> {
  const response = await fetch(`${url}/v2/models/${model}/stats`);
  const { model_stats: stats } = (await response.json()) as { model_stats: { inference_count: number }[] };
  return stats[0]!.inference_count;
}
