import './LoadingBar.css';
import type { LoadProgress } from '@predcache/core';
import { usePredictorEvents } from '@predcache/react';
import type { ReactNode } from 'react';
import { formatBytes } from '../dashboard/format.js';
import type { LanguagePredictor } from '../languageId/predictors.js';

const phases: Readonly<Record<LoadProgress['phase'], string>> = {
  runtime: 'Loading the runtime',
  download: 'Downloading the model',
  session: 'Preparing the model',
  ready: 'Ready',
};

export interface LoadingBarProps {
  readonly predictor: LanguagePredictor;
  /** Whether an answer waits. */
  readonly isWaiting: boolean;
  /** What stands in its place while nothing is loading. */
  readonly children: ReactNode;
}

/** How far the loading of model and runtime has come, while a first answer waits for it. */
export function LoadingBar({ predictor, isWaiting, children }: LoadingBarProps) {
  const event = usePredictorEvents(predictor, { limit: 1, types: ['load'] }).at(-1)?.event;
  if (!isWaiting || event?.type !== 'load' || event.progress.phase === 'ready') return children;
  const { phase, ratio, loadedBytes } = event.progress;
  return (
    <p className="loading-bar">
      <progress value={ratio} aria-label={phases[phase]} />
      <span>
        {phases[phase]} … {phase === 'download' ? formatBytes(loadedBytes) : ''}
      </span>
    </p>
  );
}
