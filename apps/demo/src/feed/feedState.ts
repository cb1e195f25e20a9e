import type { LanguagePredictor } from '../languageId/predictors.js';
import type { Arrival } from './timeline.js';

/** An arrival in the list; it keeps the predictor it came with, so that a later choice does not compute it anew. */
export interface Shown extends Arrival {
  readonly id: number;
  readonly predictor: LanguagePredictor;
}

export interface FeedState {
  readonly isPlaying: boolean;
  /** Arrivals so far, of this and all earlier rounds. */
  readonly arrived: number;
  /** The newest first, never more than `maxShown`. */
  readonly shown: readonly Shown[];
}

export type FeedAction =
  | { readonly type: 'toggle' }
  | { readonly type: 'arrive'; readonly timeline: readonly Arrival[]; readonly predictor: LanguagePredictor };

export const maxShown = 30;

export const emptyFeed: FeedState = { isPlaying: false, arrived: 0, shown: [] };

/** What happens to the feed. It stops by itself at its end; playing it again is a second visit to the same posts. */
export function feedReducer(state: FeedState, action: FeedAction): FeedState {
  if (action.type === 'toggle') return { ...state, isPlaying: !state.isPlaying };
  const { timeline, predictor } = action;
  const next = timeline[state.arrived % timeline.length];
  if (!state.isPlaying || next === undefined) return { ...state, isPlaying: false };
  const arrived = state.arrived + 1;
  return {
    isPlaying: arrived % timeline.length !== 0,
    arrived,
    shown: [{ ...next, id: arrived, predictor }, ...state.shown].slice(0, maxShown),
  };
}
