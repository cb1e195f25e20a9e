import { PredcacheError } from '../errors/predcacheError.js';
import { alwaysFresh, completeFreshness, type FreshnessRules } from '../freshness.js';
import type { CacheMode, InferenceMode, PredictOptions, WriteStrategy } from '../predictor.js';
import { validateInferenceMode } from '../predictorOptions.js';

export const cacheModes: readonly CacheMode[] = [
  'default',
  'no-store',
  'reload',
  'no-cache',
  'force-cache',
  'only-if-cached',
];
export const writeStrategies: readonly WriteStrategy[] = ['through', 'back', 'around'];

/** What holds for one request: the predictor's own options, and what the call says instead. */
export interface Rules extends FreshnessRules {
  readonly cache: CacheMode;
  readonly inferenceMode: InferenceMode;
  readonly tags: readonly string[];
  readonly write: WriteStrategy;
  readonly waitForTiers: boolean;
  /** Requests of one key share an answer where this is equal. */
  readonly group: string;
}

export type RuleOptions = Omit<PredictOptions, 'signal'>;

const noTags: readonly string[] = [];
const nothing: RuleOptions = {};

/**
 * @param options what the predictor was given
 * @throws {PredcacheError} `OPTIONS_INVALID`, naming the option.
 */
export function defaultRules(options: RuleOptions): Rules {
  const defaults = {
    ...alwaysFresh,
    cache: 'default',
    inferenceMode: 'prefer_on_device',
    tags: noTags,
    write: 'through',
    waitForTiers: false,
  } as const;
  return rulesOf(options, { ...defaults, group: groupOf(defaults) });
}

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function rulesOf(options: RuleOptions = nothing, defaults: Rules): Rules {
  if (saysNothing(options)) return defaults;
  const { cache = defaults.cache, inferenceMode = defaults.inferenceMode, tags = defaults.tags } = options;
  const { write = defaults.write, waitForTiers = defaults.waitForTiers } = options;
  const freshness = completeFreshness(options, defaults);
  oneOf('cache', cache, cacheModes);
  oneOf('write', write, writeStrategies);
  validateInferenceMode(inferenceMode);
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string'))
    throw invalid('tags', 'It is no array of strings', "Pass for instance ['user:42']");
  const rules = { ...freshness, cache, inferenceMode, tags: [...tags], write, waitForTiers };
  return { ...rules, group: groupOf(rules) };
}

function groupOf(rules: Omit<Rules, 'group'>): string {
  const { inferenceMode, cache, ttl, staleWhileRevalidate, staleIfError, write } = rules;
  return [inferenceMode, cache, ttl, staleWhileRevalidate, staleIfError, write].join(' ');
}

function saysNothing(options: RuleOptions): boolean {
  return (
    options.cache === undefined &&
    options.inferenceMode === undefined &&
    options.tags === undefined &&
    options.ttl === undefined &&
    options.staleWhileRevalidate === undefined &&
    options.staleIfError === undefined &&
    options.write === undefined &&
    options.waitForTiers === undefined
  );
}

function oneOf(option: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  throw invalid(option, `It is ${JSON.stringify(value)}`, `Pass one of ${allowed.join(', ')}`);
}

function invalid(option: string, what: string, hint: string): PredcacheError {
  return new PredcacheError({ code: 'OPTIONS_INVALID', what, where: `option ${option}`, hint });
}
