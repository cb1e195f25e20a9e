import './Examples.css';

const examples = [
  { lang: 'fr', text: 'On se retrouve au marché vers dix heures ?' },
  { lang: 'fi', text: 'Huomenna paistaa taas aurinko.' },
  { lang: 'el', text: 'Πάμε μια βόλτα στο λιμάνι;' },
  { lang: 'pl', text: 'Gdzie zostawiłeś mój parasol?' },
  { lang: 'tr', text: 'Akşam yemeğine geç kalma. Herkes seni bekliyor!' },
  { lang: 'de', text: 'Komm rein, der Tee ist fertig. ¿Quieres un poco de pan?' },
] as const;

export function Examples({ onExample }: { onExample: (text: string) => void }) {
  return (
    <div className="examples">
      <p>Nothing to read yet. Try one of these:</p>
      <ul>
        {examples.map(({ lang, text }) => (
          <li key={lang}>
            <button type="button" data-testid="example" lang={lang} onClick={() => onExample(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
