import { useCallback, useEffect, useReducer } from 'react';
import type { LanguagePredictor } from '../languageId/predictors.js';
import { emptyFeed, type FeedState, feedReducer } from './feedState.js';
import { posts } from './posts.js';
import { makeTimeline } from './timeline.js';

const timeline = makeTimeline(posts);

/** ms between two arrivals. */
const pace = 420;

/** A feed that plays when told to, a post at a time. */
export function useFeed(
  predictor: LanguagePredictor,
): FeedState & { readonly toggle: () => void; readonly length: number } {
  const [state, dispatch] = useReducer(feedReducer, emptyFeed);
  const { isPlaying } = state;

  useEffect(() => {
    if (!isPlaying) return;
    const arrive = () => dispatch({ type: 'arrive', timeline, predictor });
    const interval = setInterval(arrive, pace);
    return () => clearInterval(interval);
  }, [isPlaying, predictor]);

  const toggle = useCallback(() => {
    dispatch({ type: 'toggle' });
    // The first post comes with the click; after a stop this does nothing.
    dispatch({ type: 'arrive', timeline, predictor });
  }, [predictor]);

  return { ...state, toggle, length: timeline.length };
}
