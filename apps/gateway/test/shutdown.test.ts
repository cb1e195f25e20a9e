import { fromFunction, type Tensors } from '@predcache/core';
import { buildGateway } from '@predcache/gateway';
import { expect, it, onTestFinished } from 'vitest';
import { infer, send } from './support/requests.js';
import { testModelsFolder } from './support/testModels.js';

const message = { inputs: [{ name: 'x', shape: [1], datatype: 'FP32', data: [5] }] };

it('what is under way is answered before the gateway is closed, and new requests are refused', async () => {
  const { folder, remove } = testModelsFolder();
  onTestFinished(remove);
  const steps: string[] = [];
  let finish = (): void => undefined;
  const engine = fromFunction(async ({ x }: Tensors) => {
    steps.push('begun');
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { y: x! };
  });
  const app = await buildGateway({ models: folder, engine });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const answer = infer({ url }, 'identity', message);
  await expect.poll(() => steps).toEqual(['begun']);

  expect((await send(`${url}/v2/health/ready`)).json).toEqual({ ready: true });
  app.drain();
  const unready = await send(`${url}/v2/health/ready`);
  expect([unready.status, unready.json]).toEqual([503, { ready: false }]);
  expect((await send(`${url}/v2/health/live`)).status).toBe(200);

  const closed = app.close().then(() => steps.push('closed'));
  await expect
    .poll(() =>
      send(`${url}/v2/health/live`).then(
        ({ status }) => status,
        () => 'refused',
      ),
    )
    .not.toBe(200);
  expect(steps).toEqual(['begun']);
  finish();
  expect((await answer).json).toMatchObject({ outputs: [{ data: [5] }] });
  await closed;
  expect(steps).toEqual(['begun', 'closed']);
  await expect(send(url)).rejects.toThrow();
});
