import { median } from '../support/samples.js';
import { rounded } from '../support/table.js';
import { growthContestants, growthScenarios } from './growth.js';
import type { Measured } from './measured.js';
import { contestantNames } from './process/contestants/contestants.js';
import { scenarioNames } from './process/scenarios/scenarios.js';

/** Whose figures bear no name. */
const ours = 'predcache';

export function figuresOf(measured: Measured): Record<string, number> {
  return {
    ...timeFigures(measured),
    ...bytesFigures(measured),
    ...growthFigures(measured),
    costAware: rounded(measured.costAware),
  };
}

function timeFigures(measured: Measured): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const scenario of scenarioNames) {
    const ratioOf = (name: (typeof contestantNames)[number]) =>
      rounded(median(measured.timeRatios(scenario, name)));
    figures[scenario] = ratioOf(ours);
    for (const name of contestantNames) figures[`${scenario}.${name}`] = ratioOf(name);
    figures[`mapNanoseconds.${scenario}`] = rounded(median(measured.mapTimes(scenario)));
  }
  for (const name of contestantNames) {
    figures[`readThroughHits.${name}`] = Number(measured.hitPercent(name).toFixed(2));
  }
  return figures;
}

function bytesFigures(measured: Measured): Record<string, number> {
  const figures: Record<string, number> = {};
  const { filled, turnedOver } = measured.bytes(ours);
  figures.bytesPerEntry = rounded(filled);
  figures.bytesPerEntryAfterTurnover = rounded(turnedOver);
  for (const name of contestantNames) {
    figures[`bytesPerEntry.${name}`] = rounded(measured.bytes(name).filled);
    figures[`bytesPerEntryAfterTurnover.${name}`] = rounded(measured.bytes(name).turnedOver);
  }
  return figures;
}

/** `growth` is ours where it grows the most. */
function growthFigures(measured: Measured): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const scenario of growthScenarios) {
    const growthOf = (name: (typeof growthContestants)[number]) =>
      rounded(median(measured.growthRatios(scenario, name)));
    figures[`growth.${scenario}`] = growthOf(ours);
    for (const name of growthContestants) figures[`growth.${scenario}.${name}`] = growthOf(name);
  }
  return {
    growth: Math.max(...growthScenarios.map((scenario) => figures[`growth.${scenario}`]!)),
    ...figures,
  };
}
