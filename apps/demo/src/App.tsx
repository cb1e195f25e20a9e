import './App.css';
import { usePrediction } from '@predcache/react';
import { useMemo, useRef, useState } from 'react';
import { Composer } from './components/Composer.js';
import { DashboardPanel } from './components/DashboardPanel.js';
import { Feed } from './components/Feed.js';
import { Header } from './components/Header.js';
import { Notices } from './components/Notices.js';
import { maxSentences, Sentences } from './components/Sentences.js';
import { Verdict } from './components/Verdict.js';
import { useDashboard } from './dashboard/useDashboard.js';
import { KeyTexts, KeyTextsContext, useKeyText } from './keyTexts.js';
import type { ModelSize, Predictors } from './languageId/predictors.js';
import type { Language } from './languageId/ranking.js';
import { createSplitter, hasLetters } from './languageId/sentences.js';
import type { EngineChoice } from './notices/notices.js';
import { useNotices } from './notices/useNotices.js';
import { useOnline } from './notices/useOnline.js';
import { useRetrySignal } from './useRetrySignal.js';
import { RetryContext, useRetryWhen } from './useRetryWhen.js';

export interface AppProps {
  readonly predictors: Predictors;
  /** What the models can tell apart. */
  readonly languages: readonly Language[];
  /** Characters of a text that the models read. */
  readonly maxLength: number;
}

export function App({ predictors, languages, maxLength }: AppProps) {
  const [text, setText] = useState('');
  const [size, setSize] = useState<ModelSize>('small');
  const [engine, setEngine] = useState<EngineChoice>('device');
  const [keyTexts] = useState(() => new KeyTexts());
  const [split] = useState(() => createSplitter());
  const predictor = predictors[size];
  const inferenceMode = engine === 'device' ? 'prefer_on_device' : 'prefer_in_cloud';
  const result = usePrediction(predictor, hasLetters(text) ? text : undefined, {
    inferenceMode,
    keepPrevious: true,
  });
  const sentences = useMemo(() => split(text, maxSentences + 1), [split, text]);
  const { stats, answers } = useDashboard(predictors);
  const isOnline = useOnline();
  const notices = useNotices(predictors, { size, engine, isOnline });
  const input = useRef<HTMLTextAreaElement>(null);
  useKeyText(keyTexts, result, text);

  const { signal, retryAll } = useRetrySignal(result, isOnline);
  useRetryWhen(result.retry, signal);

  const take = (next: string) => {
    setText(next);
    // The button that was pressed goes away: the focus must not be lost with it.
    input.current?.focus();
  };
  const clear = () => {
    void Promise.all([predictors.small.clear(), predictors.large.clear()]);
  };

  return (
    <KeyTextsContext value={keyTexts}>
      <RetryContext value={signal}>
        <div className="app">
          <Header size={size} onSize={setSize} engine={engine} onEngine={setEngine} />
          <Notices notices={notices} />
          <main className="app-columns">
            <div className="app-reading">
              <Composer
                ref={input}
                text={text}
                onText={setText}
                onErase={() => take('')}
                languages={languages}
                maxLength={maxLength}
              />
              <Verdict
                result={result}
                answers={answers}
                predictor={predictor}
                onExample={take}
                onRetry={retryAll}
              />
              <Sentences
                sentences={sentences}
                whole={result}
                predictor={predictor}
                inferenceMode={inferenceMode}
              />
            </div>
            <DashboardPanel stats={stats} answers={answers} onClear={clear} />
            <Feed predictor={predictor} inferenceMode={inferenceMode} />
          </main>
          <footer className="app-footer">
            Texts never leave this device unless “Cloud API” is chosen or this device cannot compute. What is
            kept on disk are digests and probabilities, never texts.
          </footer>
        </div>
      </RetryContext>
    </KeyTextsContext>
  );
}
