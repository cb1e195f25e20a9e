import { isPredcacheError } from '@predcache/core';
import { ProgressDisplay } from '../progress/progressDisplay.js';
import { bytesText, counted, quantity } from '../progress/progressText.js';
import { warm } from '../warm/warm.js';
import type { WarmResult } from '../warm/warmOptions.js';
import { type CommandLine, readCommandLine } from './commandLine.js';
import { Interruption, stopSignal } from './stopSignal.js';
import { UsageError, usage } from './usage.js';

/** Bad lines that are printed one by one; the others are only counted. */
const mostBadLinesShown = 20;

/** Runs a command line. Gives the exit code: 0, 1 for what went wrong, 2 for a command line that cannot be understood. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const commandLine = readCommandLine(args);
    if (commandLine === undefined) console.log(usage);
    else await runWarm(commandLine);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage}`);
      return 2;
    }
    console.error(explain(error));
    return 1;
  }
}

async function runWarm({ warm: options, quiet }: CommandLine): Promise<void> {
  const display = quiet ? undefined : new ProgressDisplay(process.stderr);
  const { signal, release } = stopSignal();
  let badLines = 0;
  try {
    const result = await warm({
      ...options,
      signal,
      onProgress: (progress) => display?.update(progress),
      onBadLine: (error) => {
        badLines++;
        if (badLines <= mostBadLinesShown) display?.note(error.message);
        if (badLines === mostBadLinesShown) display?.note('Further bad lines are counted, not shown.');
      },
    });
    display?.end();
    if (!quiet) console.log(summary(options.out, result));
  } finally {
    display?.end();
    release();
  }
}

function summary(out: string, { predictions, resumed, duplicates, bad, size }: WarmResult): string {
  const notes = [
    resumed > 0 && `${counted(resumed)} of an interrupted run`,
    duplicates > 0 && `${quantity(duplicates, 'duplicate')} among the inputs`,
    bad > 0 && `${quantity(bad, 'bad line')} passed over`,
  ].filter((note) => note !== false);
  const more = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  return `${out}: ${quantity(predictions, 'prediction')}, ${bytesText(size)}${more}`;
}

function explain(error: unknown): string {
  if (error instanceof Interruption)
    return `${error.message}. What was computed is kept: run the same command again to go on from there.`;
  if (isPredcacheError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
