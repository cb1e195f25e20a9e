import { PredcacheError } from '../../errors/predcacheError.js';
import type { BackgroundDownload } from './backgroundDownload.js';

/** How a predictor with two engines chooses between them. */
export interface RoutingOptions {
  /**
   * Whether the model is downloaded in the background while the cloud answers: with `prefer_on_device` from the first
   * miss on, with `fastest` once that can pay off. `auto` does not for users who save data
   * (`navigator.connection.saveData`), nor on devices with less than 2 GiB of memory (`navigator.deviceMemory`).
   *
   * @default 'auto'
   */
  readonly download?: BackgroundDownload | undefined;
  /**
   * ms that callers must have waited for the cloud, in more than one answer, before `fastest` downloads the model.
   *
   * @default 100
   */
  readonly downloadAfter?: number | undefined;
  /**
   * Part of the requests, from 0 to 1, that `fastest` may give to the engine that seems the slower one, to find out
   * whether it still is.
   *
   * @default 0.05
   */
  readonly exploration?: number | undefined;
  /**
   * ms that `fastest` adds to what the cloud takes, for what its answers cost otherwise: it is then asked only where it is
   * so much faster.
   *
   * @default 0
   */
  readonly cloudCost?: number | undefined;
}

export type CompleteRouting = {
  readonly [Name in keyof RoutingOptions]-?: NonNullable<RoutingOptions[Name]>;
};

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function completeRouting(options: RoutingOptions = {}): CompleteRouting {
  if (typeof options !== 'object' || options === null)
    throw invalid('routing', options, 'an object, for instance { download: "never" }');
  const { download = 'auto', downloadAfter = 100, exploration = 0.05, cloudCost = 0 } = options;
  if (!['auto', 'always', 'never'].includes(download))
    throw invalid('routing.download', download, 'auto, always or never');
  validateTime('downloadAfter', downloadAfter);
  if (!(typeof exploration === 'number' && exploration >= 0 && exploration <= 1))
    throw invalid('routing.exploration', exploration, 'a number from 0 to 1');
  validateTime('cloudCost', cloudCost);
  return { download, downloadAfter, exploration, cloudCost };
}

function validateTime(option: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0) return;
  throw invalid(`routing.${option}`, value, 'ms, a number of 0 or more');
}

function invalid(option: string, value: unknown, expected: string): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `It is ${typeof value === 'number' ? String(value) : JSON.stringify(value)}`,
    where: `option ${option}`,
    hint: `Pass ${expected}`,
  });
}
