import './Composer.css';
import { useId } from 'react';

export interface ComposerProps {
  readonly text: string;
  readonly onText: (text: string) => void;
}

export function Composer({ text, onText }: ComposerProps) {
  const id = useId();
  return (
    <section className="composer">
      <label htmlFor={id}>Your text</label>
      <textarea
        id={id}
        data-testid="input"
        value={text}
        onChange={(event) => onText(event.target.value)}
        placeholder="Type or paste something, in any of twelve languages …"
        rows={4}
        spellCheck={false}
        autoCapitalize="none"
      />
      <button type="button" className="composer-erase" disabled={text === ''} onClick={() => onText('')}>
        Erase
      </button>
    </section>
  );
}
