import type { AddressInfo } from 'node:net';
import { buildGateway, type GatewayOptions } from '@predcache/gateway';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll } from 'vitest';
import { testModelsFolder } from './testModels.js';

export interface TestGateway {
  /** For instance `http://127.0.0.1:41234`. */
  url: string;
  port: number;
  app: FastifyInstance;
}

/** A gateway that listens for as long as the tests of a file run, by default with the test models. */
export function testGateway(options: Partial<GatewayOptions> = {}): TestGateway {
  const gateway = {} as TestGateway;
  let remove = (): void => undefined;
  beforeAll(async () => {
    let { models } = options;
    if (models === undefined) ({ folder: models, remove } = testModelsFolder());
    gateway.app = await buildGateway({ ...options, models });
    gateway.url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
    gateway.port = (gateway.app.server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await gateway.app?.close();
    remove();
  });
  return gateway;
}
