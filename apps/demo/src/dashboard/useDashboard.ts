import type { PredictorEvent } from '@predcache/core';
import { usePredictorEvents, usePredictorStats } from '@predcache/react';
import { useMemo } from 'react';
import type { Predictors } from '../languageId/predictors.js';
import { type Answer, answersAmong } from './answers.js';
import { combineStats, type DashboardStats } from './combineStats.js';

const types: readonly PredictorEvent['type'][] = ['hit', 'computed', 'collapsed'];

/** How many answers the chart reaches back. */
const answersKept = 120;

export interface Dashboard {
  readonly stats: DashboardStats;
  /** The last answers, the oldest first. */
  readonly answers: readonly Answer[];
}

/** The live numbers of all predictors of the page together. */
export function useDashboard({ small, large }: Predictors): Dashboard {
  const smallStats = usePredictorStats(small);
  const largeStats = usePredictorStats(large);
  const smallEvents = usePredictorEvents(small, { limit: answersKept, types });
  const largeEvents = usePredictorEvents(large, { limit: answersKept, types });
  const stats = useMemo(() => combineStats([smallStats, largeStats]), [smallStats, largeStats]);
  const answers = useMemo(
    () => answersAmong([smallEvents, largeEvents]).slice(-answersKept),
    [smallEvents, largeEvents],
  );
  return { stats, answers };
}
