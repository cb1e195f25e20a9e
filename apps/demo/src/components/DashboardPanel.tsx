import './DashboardPanel.css';
import type { Answer } from '../dashboard/answers.js';
import type { DashboardStats } from '../dashboard/combineStats.js';
import { formatShare } from '../dashboard/format.js';
import { AnswersChart } from './AnswersChart.js';
import { LastAnswers } from './LastAnswers.js';
import { Numbers } from './Numbers.js';
import { Stations } from './Stations.js';

export interface DashboardPanelProps {
  readonly stats: DashboardStats;
  readonly answers: readonly Answer[];
  readonly onClear: () => void;
}

/** What the cache does, live. */
export function DashboardPanel({ stats, answers, onClear }: DashboardPanelProps) {
  return (
    <aside className="dashboard" aria-label="What the cache does">
      <div className="dashboard-head">
        <h2>Hit ratio</h2>
        <button type="button" data-testid="clear" onClick={onClear}>
          Clear caches
        </button>
      </div>
      <p className="dashboard-ratio" data-testid="hit-ratio">
        {formatShare(stats.hitRatio)}
      </p>
      <AnswersChart answers={answers} totals={stats} />
      <Stations bySource={stats.bySource} latest={answers.at(-1)} />
      <Numbers stats={stats} />
      <LastAnswers answers={answers} />
    </aside>
  );
}
