import { nextTask } from '@predcache/core';
import { expect, it } from 'vitest';

it('lets microtasks and messages that wait have their turn first', async () => {
  const { port1, port2 } = new MessageChannel();
  const order: string[] = [];
  const received = new Promise<void>((resolve) => {
    port1.onmessage = () => {
      order.push('message');
      resolve();
    };
  });
  port2.postMessage(undefined);
  const next = nextTask().then(() => order.push('next task'));
  void Promise.resolve().then(() => order.push('microtask'));
  await Promise.all([next, received]);
  port1.close();
  expect(order).toEqual(['microtask', 'message', 'next task']);
});

it('leaves no open port, which would keep a process from ending', async () => {
  const openPorts = () => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length;
  const before = openPorts();
  for (let turn = 0; turn < 20; turn++) await nextTask();
  await expect.poll(openPorts).toBeLessThanOrEqual(before);
});
