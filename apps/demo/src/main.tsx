import './styles/base.css';
import { vocabulary } from 'virtual:language-models';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { createPredictors } from './languageId/predictors.js';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App predictors={createPredictors()} maxLength={vocabulary.maxLength} />
  </StrictMode>,
);
