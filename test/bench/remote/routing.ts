import type { InferenceMode } from '@predcache/core';
import type { SuiteOptions, SuiteResult } from '../suite.js';
import { aligned, round, rounded } from '../support/table.js';
import { type Device, devices, type Network, networks, session } from './routingCells.js';
import { serveRouting } from './routingServer.js';
import { type SessionResult, simulateSession } from './routingSession.js';

const fixed = ['only_on_device', 'only_in_cloud', 'prefer_on_device', 'prefer_in_cloud'] as const;
const modes: readonly InferenceMode[] = [...fixed, 'fastest'];

interface Cell {
  readonly device: Device;
  readonly network: Network;
  /** Mean over the sessions, ms as if at speed 1. */
  readonly means: Readonly<Record<string, number>>;
  readonly onDevice: number;
  /** `fastest` over the best of the fixed modes. */
  readonly ratio: number;
}

/**
 * Local or remote: sessions of users without the model, on devices and networks of three kinds each, replayed with real
 * clocks against a throttled server, in every mode. The figure `routing` is how much longer `fastest` takes in its worst
 * cell than the best fixed mode there.
 */
export async function measureRouting({ isQuick }: Pick<SuiteOptions, 'isQuick'>): Promise<SuiteResult> {
  const speed = isQuick ? 6 : 2;
  // Those of one network at the same time: they wait more than they work.
  const sessions = isQuick ? 1 : 3;
  const cells: Cell[] = [];
  for (const network of networks) cells.push(...(await measureNetwork(network, speed, sessions)));
  const worst = Math.max(...cells.map(({ ratio }) => ratio));
  return { text: report(cells, speed, sessions), figures: { routing: rounded(worst) } };
}

async function measureNetwork(network: Network, speed: number, sessions: number): Promise<Cell[]> {
  const server = await serveRouting(network, { speed, serverRun: session.serverRun });
  try {
    return await Promise.all(
      devices.map(async (device) => {
        const byMode = await Promise.all(
          modes.map(async (inferenceMode) => {
            const results = await Promise.all(
              Array.from({ length: sessions }, (_, index) => {
                const url = `${server.url}/${device.name}-${inferenceMode}-${index}`;
                return simulateSession({ device, inferenceMode, url, speed });
              }),
            );
            return [inferenceMode, results] as const;
          }),
        );
        return cellOf(device, network, byMode);
      }),
    );
  } finally {
    await server.close();
  }
}

function cellOf(
  device: Device,
  network: Network,
  byMode: readonly (readonly [InferenceMode, readonly SessionResult[]])[],
): Cell {
  const means = Object.fromEntries(
    byMode.map(([mode, results]) => [mode, meanOf(results.map(({ mean }) => mean))]),
  );
  const onDevice = meanOf(byMode.at(-1)![1].map((result) => result.onDevice));
  const best = Math.min(...fixed.map((mode) => means[mode]!));
  return { device, network, means, onDevice, ratio: means.fastest! / best };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function report(cells: readonly Cell[], speed: number, sessions: number): string {
  const { requests, modelBytes, inputBytes } = session;
  const table = [
    ['device', 'network', ...modes, 'of them on device', 'fastest / best'],
    ...cells.map(({ device, network, means, onDevice, ratio }) => [
      device.name,
      network.name,
      ...modes.map((mode) => round(means[mode]!)),
      round(onDevice),
      ratio.toFixed(2),
    ]),
  ];
  return [
    `Mean ms of a request, in sessions of ${requests}, one a second; model ${modelBytes / 1e6} MB, input ${inputBytes / 1e3} kB.`,
    `Mean of ${sessions}. Played ${speed} times as fast: times and bytes were divided by that, and the ms below multiplied.`,
    '',
    ...aligned(table, ['left', 'left']),
  ].join('\n');
}
