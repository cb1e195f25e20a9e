import './SourceChip.css';
import type { Source } from '@predcache/core';

export interface SourceChipProps {
  readonly source: Source;
  readonly testId?: string | undefined;
}

/** Where an answer came from, always in the same colour. */
export function SourceChip({ source, testId }: SourceChipProps) {
  return (
    <span className={`source-chip tone-${source}`} data-testid={testId}>
      {source}
    </span>
  );
}
