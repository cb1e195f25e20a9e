import './Composer.css';
import { type Ref, useId } from 'react';
import type { Language } from '../languageId/ranking.js';

export interface ComposerProps {
  readonly ref: Ref<HTMLTextAreaElement>;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onErase: () => void;
  readonly languages: readonly Language[];
  /** Characters that the models read. */
  readonly maxLength: number;
}

export function Composer({ ref, text, onText, onErase, languages, maxLength }: ComposerProps) {
  const id = useId();
  return (
    <section className="composer">
      <label htmlFor={id}>Your text</label>
      <textarea
        ref={ref}
        id={id}
        data-testid="input"
        value={text}
        onChange={(event) => onText(event.target.value)}
        placeholder="Type or paste something, in any of twelve languages …"
        rows={4}
        spellCheck={false}
        autoCapitalize="none"
      />
      <p className="composer-hint" data-testid="languages">
        Knows {namesOf(languages)}.
      </p>
      {text.length > maxLength && (
        <p className="composer-hint">
          The verdict is on the first {maxLength.toLocaleString('en-GB')} characters; sentences are read each
          by itself.
        </p>
      )}
      <button type="button" className="composer-erase" disabled={text === ''} onClick={onErase}>
        Erase
      </button>
    </section>
  );
}

function namesOf(languages: readonly Language[]): string {
  return languages
    .map(({ name }) => name)
    .sort()
    .join(', ');
}
