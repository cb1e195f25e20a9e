import { createPredictor, fromFunction, memory, PredcacheError } from '@predcache/core';
import type { LanguagePredictor, Predictors } from '../../src/languageId/predictors.js';
import type { Ranking } from '../../src/languageId/ranking.js';

export interface TestEngine {
  readonly predictors: Predictors;
  /** What was computed, as `where model: text`. */
  readonly computed: string[];
  /** While true, the device computes nothing. */
  isDeviceBroken: boolean;
  isCloudBroken: boolean;
}

/** Real predictors on real tiers, with an engine that knows languages by one word. */
export function testPredictors(): TestEngine {
  const computed: string[] = [];
  const tiers = [memory()];
  const test: TestEngine = {
    predictors: { small: predictorOf('small'), large: predictorOf('large') },
    computed,
    isDeviceBroken: false,
    isCloudBroken: false,
  };

  function engineOf(where: 'device' | 'cloud', model: string) {
    return fromFunction(async (text: string) => {
      if (where === 'device' ? test.isDeviceBroken : test.isCloudBroken) {
        throw new PredcacheError({ code: 'WORKER_DIED', what: 'It died', where, hint: 'Wait' });
      }
      computed.push(`${where} ${model}: ${text}`);
      return rankingOf(text);
    });
  }

  function predictorOf(name: string): LanguagePredictor {
    return createPredictor<string, Ranking>({
      model: { name, version: '1' },
      tiers,
      onDevice: engineOf('device', name),
      inCloud: engineOf('cloud', name),
    });
  }

  return test;
}

function rankingOf(text: string) {
  if (/\p{Script=Han}/u.test(text)) return [{ code: 'fr', name: 'French', probability: 0.125 }];
  const isFrench = /bonjour|le/i.test(text);
  const french = { code: 'fr', name: 'French', probability: isFrench ? 0.75 : 0.125 };
  const german = { code: 'de', name: 'German', probability: isFrench ? 0.125 : 0.75 };
  const english = { code: 'en', name: 'English', probability: 0.125 };
  return isFrench ? [french, german, english] : [german, french, english];
}
