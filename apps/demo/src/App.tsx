import './App.css';
import { usePrediction } from '@predcache/react';
import { useMemo, useState } from 'react';
import { Composer } from './components/Composer.js';
import { DashboardPanel } from './components/DashboardPanel.js';
import { Feed } from './components/Feed.js';
import { Header } from './components/Header.js';
import { Notices } from './components/Notices.js';
import { Sentences } from './components/Sentences.js';
import { Verdict } from './components/Verdict.js';
import { useDashboard } from './dashboard/useDashboard.js';
import { KeyTexts, KeyTextsContext, useKeyText } from './keyTexts.js';
import type { ModelSize, Predictors } from './languageId/predictors.js';
import { createSplitter, hasLetters } from './languageId/sentences.js';
import { useNotices } from './notices/useNotices.js';
import { useSessionText } from './useSessionText.js';

export type EngineChoice = 'device' | 'cloud';

export function App({ predictors }: { predictors: Predictors }) {
  const [text, setText] = useSessionText();
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
  const sentences = useMemo(() => split(text), [split, text]);
  const { stats, answers } = useDashboard(predictors);
  const notices = useNotices(predictors);
  useKeyText(keyTexts, result, text);

  const clear = () => Promise.all([predictors.small.clear(), predictors.large.clear()]);

  return (
    <KeyTextsContext value={keyTexts}>
      <div className="app">
        <Header size={size} onSize={setSize} engine={engine} onEngine={setEngine} />
        <Notices notices={notices} />
        <main className="app-columns">
          <div className="app-reading">
            <Composer text={text} onText={setText} />
            <Verdict result={result} answers={answers} predictor={predictor} onExample={setText} />
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
          kept are digests and probabilities, never the texts.
        </footer>
      </div>
    </KeyTextsContext>
  );
}
