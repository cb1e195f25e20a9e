import type { Measurer } from './process/measurer.js';
import type { ScenarioName } from './process/scenarios/scenarios.js';

/** What is measured in rounds. */
export interface Cell {
  readonly scenario: ScenarioName;
  /** Entries that the cache may hold. */
  readonly capacity: number;
  /** Keys that are used; at least twice the capacity. */
  readonly keys: number;
  /** In each round. */
  readonly operations: number;
}

export interface Round {
  /** Of one operation. */
  readonly nanoseconds: number;
  /** Hits in operations. */
  readonly hitRatio: number;
}

/** Bytes for each entry of a cache's capacity, beyond keys and values. */
export interface BytesHeld {
  /** When it has just become full. */
  readonly filled: number;
  /** After many more entries have gone through it. */
  readonly turnedOver: number;
}

/** Asks a process to call one of the measurer's methods. */
export interface Request {
  readonly method: MeasurerMethod;
  readonly parameters: readonly unknown[];
}

export type Reply = { readonly value: unknown } | { readonly error: string };

export type MeasurerMethod = keyof Measurer;
