import './Header.css';
import type { ModelSize } from '../languageId/predictors.js';
import type { EngineChoice } from '../notices/notices.js';

export interface HeaderProps {
  readonly size: ModelSize;
  readonly onSize: (size: ModelSize) => void;
  readonly engine: EngineChoice;
  readonly onEngine: (engine: EngineChoice) => void;
}

export function Header({ size, onSize, engine, onEngine }: HeaderProps) {
  return (
    <header className="header">
      <div className="header-name">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <path d="M8 9h16M8 16h11M8 23h6" />
          <circle cx="23" cy="23" r="3" />
        </svg>
        <div>
          <h1>Predcache</h1>
          <p>Which language is this? Computed once, known ever after.</p>
        </div>
      </div>
      <div className="header-controls">
        <label className="choice">
          <span>Model</span>
          <select
            data-testid="model-select"
            value={size}
            onChange={(event) => onSize(event.target.value === 'large' ? 'large' : 'small')}
          >
            <option value="small">Small</option>
            <option value="large">Large</option>
          </select>
        </label>
        <label className="choice">
          <span>Computed by</span>
          <select
            data-testid="engine-select"
            value={engine}
            onChange={(event) => onEngine(event.target.value === 'cloud' ? 'cloud' : 'device')}
          >
            <option value="device">This device</option>
            <option value="cloud">Cloud API</option>
          </select>
        </label>
      </div>
    </header>
  );
}
