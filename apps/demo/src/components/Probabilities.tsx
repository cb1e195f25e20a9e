import './Probabilities.css';
import { formatShare } from '../dashboard/format.js';
import type { Ranking } from '../languageId/ranking.js';

const places = [0, 1, 2] as const;

/** The likeliest languages with their probabilities; keeps its height while there are none. */
export function Probabilities({ ranking }: { ranking: Ranking | undefined }) {
  return (
    <ol className="probabilities" aria-label="Likeliest languages">
      {places.map((place) => {
        const language = ranking?.[place];
        return (
          <li key={place} data-testid="probability">
            <span className="probabilities-name">{language?.name ?? '–'}</span>
            <span className="probabilities-bar" aria-hidden="true">
              <span style={{ transform: `scaleX(${language?.probability ?? 0})` }} />
            </span>
            <span className="probabilities-share">
              {language === undefined ? '' : formatShare(language.probability)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
