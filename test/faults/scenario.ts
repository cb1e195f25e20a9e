import type { Site } from '../support/servePages.js';
import type { Tally } from './support/tally.js';

/** How much of each scenario is done. */
export interface Plan {
  readonly kills: number;
  readonly clears: number;
  /** Of each kind. */
  readonly damages: number;
  readonly diskFills: number;
  readonly terminations: number;
  readonly crashes: number;
  /** Of each kind, of workers that run models. */
  readonly workerFaults: number;
  /** ms for which two tabs are under load. */
  readonly tabsTime: number;
  /** ms for which a fault that lasts is left to last. */
  readonly faultTime: number;
}

export interface Surroundings {
  readonly site: Site;
  readonly plan: Plan;
  /** From 0 to below 1; the same for the same seed, in each scenario. */
  readonly random: () => number;
  readonly tally: Tally;
}

export interface Scenario {
  /** What is done to the storage, in a few words. */
  readonly name: string;
  /** Gives the reason when this machine cannot cause the fault. */
  readonly skipped?: () => Promise<string | undefined>;
  /** Causes the fault, and enters into the tally what came of it. */
  run(surroundings: Surroundings): Promise<void>;
}

/** What the figures in `docs/reliability.md` were taken with. */
export const fullPlan: Plan = {
  kills: 20,
  clears: 20,
  damages: 10,
  diskFills: 5,
  terminations: 20,
  crashes: 5,
  workerFaults: 20,
  tabsTime: 60_000,
  faultTime: 8_000,
};

/** For every run of the tests. */
export const shortPlan: Plan = {
  kills: 2,
  clears: 2,
  damages: 1,
  diskFills: 1,
  terminations: 2,
  crashes: 1,
  workerFaults: 2,
  tabsTime: 3_000,
  faultTime: 1_000,
};
