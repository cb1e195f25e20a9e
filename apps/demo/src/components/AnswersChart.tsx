import './AnswersChart.css';
import { type Answer, hitRatioAfterEach } from '../dashboard/answers.js';
import { formatShare } from '../dashboard/format.js';

/** Answers the chart is wide at first; it grows with them. */
const narrowest = 40;
const lineHeight = 64;
const barsTop = 70;
const height = 100;
const shortestBar = 3;

export interface AnswersChartProps {
  readonly answers: readonly Answer[];
  readonly totals: { readonly hits: number; readonly misses: number };
}

/** The hit ratio over the last answers; below, a bar for each of them: its colour the source, its height the latency. */
export function AnswersChart({ answers, totals }: AnswersChartProps) {
  const ratios = hitRatioAfterEach(answers, totals);
  const width = Math.max(narrowest, answers.length);
  const points = ratios.map((ratio, index) => `${index + 0.5},${(1 - ratio) * lineHeight}`).join(' ');
  return (
    <figure className="answers-chart">
      <div className="answers-chart-scale" aria-hidden="true">
        <span>100</span>
        <span>50</span>
        <span>0</span>
      </div>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={summaryOf(ratios)}
      >
        {[0, lineHeight / 2, lineHeight].map((y) => (
          <line key={y} className="answers-chart-grid" x1={0} x2={width} y1={y} y2={y} />
        ))}
        {ratios.length > 0 && (
          <polygon
            className="answers-chart-area"
            points={`0.5,${lineHeight} ${points} ${ratios.length - 0.5},${lineHeight}`}
          />
        )}
        <polyline className="answers-chart-line" points={points} />
        {answers.map(({ id, source, latency, isShared }, index) => {
          const bar = barHeightOf(latency);
          return (
            <rect
              key={id}
              className={`tone-${source}`}
              data-shared={isShared || undefined}
              x={index + 0.15}
              y={height - bar}
              width={0.7}
              height={bar}
            />
          );
        })}
      </svg>
      <figcaption>
        {answers.length === 0
          ? 'The next answers will show here'
          : `Last ${answers.length} answers, with the latency of each`}
      </figcaption>
    </figure>
  );
}

function summaryOf(ratios: readonly number[]): string {
  const [first] = ratios;
  const last = ratios.at(-1);
  if (first === undefined || last === undefined) return 'No answers yet';
  return `Hit ratio over the last ${ratios.length} answers: from ${formatShare(first)} to ${formatShare(last)}`;
}

/** Logarithmic, from 0.01 ms to 1 s. */
function barHeightOf(latency: number): number {
  const share = (Math.log10(Math.max(latency, 0.01)) + 2) / 5;
  return shortestBar + Math.min(1, share) * (height - barsTop - shortestBar);
}
