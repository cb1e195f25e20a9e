import type { Link } from '../support/linkClock.js';

/** A device of the simulation. Times are in ms. */
export interface Device {
  readonly name: string;
  readonly run: number;
  /** From the model's last byte to the first run. */
  readonly start: number;
}

/** A network of the simulation; its server's time for one input is in the latency of each. */
export interface Network {
  readonly name: string;
  readonly down: Link;
  readonly up: Link;
}

export const devices: readonly Device[] = [
  { name: 'fast', run: 10, start: 300 },
  { name: 'middling', run: 60, start: 800 },
  { name: 'slow', run: 190, start: 2_000 },
];

export const networks: readonly Network[] = [
  network('wifi', { down: 40e6, up: 20e6, roundTrip: 20 }),
  network('LTE', { down: 10e6, up: 5e6, roundTrip: 65 }),
  network('slow', { down: 1.5e6, up: 0.75e6, roundTrip: 300 }),
];

export const session = {
  requests: 60,
  /** ms from one request to the next, whether or not that one has its answer. */
  every: 1_000,
  modelBytes: 8e6,
  /** An image as a camera's JPEG, scaled down. */
  inputBytes: 50e3,
  /** ms that the server computes. */
  serverRun: 12,
} as const;

function network(
  name: string,
  { down, up, roundTrip }: { readonly down: number; readonly up: number; readonly roundTrip: number },
): Network {
  return {
    name,
    down: { bitsPerSecond: down, latency: roundTrip },
    up: { bitsPerSecond: up, latency: roundTrip },
  };
}
