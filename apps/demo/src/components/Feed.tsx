import './Feed.css';
import type { InferenceMode } from '@predcache/core';
import { useFeed } from '../feed/useFeed.js';
import type { LanguagePredictor } from '../languageId/predictors.js';
import { FeedPost } from './FeedPost.js';

export interface FeedProps {
  readonly predictor: LanguagePredictor;
  readonly inferenceMode: InferenceMode;
}

/** A feed of short posts that plays by itself, as read by someone who scrolls back and comes again. */
export function Feed({ predictor, inferenceMode }: FeedProps) {
  const { isPlaying, shown, arrived, length, toggle } = useFeed(predictor);
  const position = arrived === 0 ? 0 : ((arrived - 1) % length) + 1;
  return (
    <section className="feed">
      <div className="feed-head">
        <div>
          <h2>A feed in twelve languages</h2>
          <p>Each post asks for its language when it comes into view; seen again, it is already known.</p>
        </div>
        <span className="feed-position">
          {position} / {length}
        </span>
        <button type="button" data-testid="play-feed" data-playing={isPlaying || undefined} onClick={toggle}>
          {isPlaying ? 'Stop' : 'Play the feed'}
        </button>
      </div>
      {shown.length === 0 ? (
        <p className="feed-empty">Nothing has come in yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <ol className="feed-list" tabIndex={0} aria-label="Posts, the newest first">
          {shown.map((item) => (
            <FeedPost key={item.id} shown={item} inferenceMode={inferenceMode} />
          ))}
        </ol>
      )}
    </section>
  );
}
