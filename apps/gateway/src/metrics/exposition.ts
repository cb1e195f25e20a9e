import { bounds, type Histogram } from './histogram.js';

export const expositionContentType = 'text/plain; version=0.0.4; charset=utf-8';

export type Labels = Readonly<Record<string, string>>;

/** Writes metrics in Prometheus' text format 0.0.4. */
export class Exposition {
  readonly #lines: string[] = [];

  /** Counters' names end in `_total`. */
  add(
    type: 'counter' | 'gauge',
    name: string,
    help: string,
    samples: Iterable<readonly [Labels, number]>,
  ): void {
    this.#head(type, name, help);
    for (const [labels, value] of samples) this.#sample(name, labels, value);
  }

  addHistogram(name: string, help: string, samples: Iterable<readonly [Labels, Histogram]>): void {
    this.#head('histogram', name, help);
    for (const [labels, histogram] of samples) {
      for (const [index, count] of histogram.cumulative().entries())
        this.#sample(`${name}_bucket`, { ...labels, le: String(bounds[index] ?? '+Inf') }, count);
      this.#sample(`${name}_sum`, labels, histogram.sum);
      this.#sample(`${name}_count`, labels, histogram.count);
    }
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #head(type: string, name: string, help: string): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }

  #sample(name: string, labels: Labels, value: number): void {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    this.#lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
  }
}

function escaped(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
