import './LastAnswers.css';
import { useContext } from 'react';
import type { Answer } from '../dashboard/answers.js';
import { formatDuration } from '../dashboard/format.js';
import { KeyTextsContext } from '../keyTexts.js';
import { SourceChip } from './SourceChip.js';

const rows = 8;

/** The last answers, the newest first: where from, how fast. */
export function LastAnswers({ answers }: { answers: readonly Answer[] }) {
  const texts = useContext(KeyTextsContext);
  return (
    <section className="last-answers">
      <h3>Last answers</h3>
      <ol>
        {answers.length === 0 && <li>Nothing asked yet</li>}
        {answers
          .slice(-rows)
          .reverse()
          .map(({ id, key, source, latency, isShared }) => (
            <li key={id} data-testid="last-answer">
              <SourceChip source={source} />
              <span className="last-answers-text">{texts.get(key) ?? key.slice(0, 12)}</span>
              <span className="last-answers-latency">
                {isShared && 'shared · '}
                {formatDuration(latency)}
              </span>
            </li>
          ))}
      </ol>
    </section>
  );
}
