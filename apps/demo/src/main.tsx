import './styles/base.css';
import { languages, vocabulary } from 'virtual:language-models';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { createPredictors } from './languageId/predictors.js';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App predictors={createPredictors()} languages={languages} maxLength={vocabulary.maxLength} />
  </StrictMode>,
);
