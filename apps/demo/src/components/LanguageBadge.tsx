import './LanguageBadge.css';
import type { RankedLanguage } from '../languageId/ranking.js';

export interface LanguageBadgeProps {
  readonly language: RankedLanguage | undefined;
  /** True while the answer is that of an older text. */
  readonly isPrevious?: boolean;
  readonly testId?: string | undefined;
}

/** The code of a language, with its name for those who point at it or hear it. */
export function LanguageBadge({ language, isPrevious = false, testId }: LanguageBadgeProps) {
  return (
    <span
      className="language-badge"
      title={language?.name}
      data-previous={isPrevious || undefined}
      data-testid={testId}
    >
      {language?.code ?? '–'}
    </span>
  );
}
