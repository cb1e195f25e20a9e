import './FeedPost.css';
import type { InferenceMode } from '@predcache/core';
import { usePrediction } from '@predcache/react';
import { memo, useContext } from 'react';
import type { Shown } from '../feed/feedState.js';
import { KeyTextsContext, useKeyText } from '../keyTexts.js';
import { RetryContext, useRetryWhen } from '../useRetryWhen.js';
import { LanguageBadge } from './LanguageBadge.js';
import { SourceChip } from './SourceChip.js';

export interface FeedPostProps {
  readonly shown: Shown;
  readonly inferenceMode: InferenceMode;
}

export const FeedPost = memo(function FeedPost({ shown, inferenceMode }: FeedPostProps) {
  const { post, occasion, predictor } = shown;
  const result = usePrediction(predictor, post.text, { inferenceMode });
  useKeyText(useContext(KeyTextsContext), result, post.text);
  useRetryWhen(result.retry, useContext(RetryContext));
  const { output, prediction, status } = result;
  return (
    <li className="feed-post" data-testid="feed-post" data-status={status}>
      <LanguageBadge language={output?.[0]} testId="post-language" />
      <div className="feed-post-body">
        <p className="feed-post-author">
          {post.author}
          {occasion !== 'new' && <span> · {occasion}</span>}
        </p>
        <p lang={output?.[0].code}>{post.text}</p>
      </div>
      {prediction !== undefined && <SourceChip source={prediction.source} testId="post-source" />}
      {status === 'error' && <span className="feed-post-error">no answer</span>}
    </li>
  );
});
