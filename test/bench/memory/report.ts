import type { SuiteResult } from '../suite.js';
import { median, noise } from '../support/samples.js';
import { aligned, round } from '../support/table.js';
import { figuresOf } from './figures.js';
import { growthContestants, growthScenarios } from './growth.js';
import type { Measured } from './measured.js';
import { contestantNames } from './process/contestants/contestants.js';
import { scenarioNames } from './process/scenarios/scenarios.js';
import type { Scale } from './scale.js';

/** A table of the operations, one of the bytes, one of the growth. */
export function reportOf(measured: Measured, scale: Scale): SuiteResult {
  const text = [
    `Time of an operation over a bare Map's, ${scale.capacity} entries; median of the rounds and noise`,
    tableOf(timeCells(measured)),
    '',
    `Bytes an entry beside its key and value, ${scale.weighedCapacity} entries`,
    tableOf(bytesCells(measured)),
    '',
    `Growth of the time from ${scale.smallCapacity} to ${scale.largeCapacity} entries, over a bare Map's`,
    tableOf(growthCells(measured)),
    '',
    `Inference time left by gdsf over that left by lru: ${round(measured.costAware)}`,
  ];
  return { text: text.join('\n'), figures: figuresOf(measured) };
}

function timeCells(measured: Measured): string[][] {
  return [
    ['', ...scenarioNames, 'readThrough hits'],
    ['map, ns', ...scenarioNames.map((scenario) => cellOf(measured.mapTimes(scenario))), ''],
    ...contestantNames.map((name) => [
      name,
      ...scenarioNames.map((scenario) => cellOf(measured.timeRatios(scenario, name))),
      `${measured.hitPercent(name).toFixed(2)} %`,
    ]),
  ];
}

function bytesCells(measured: Measured): string[][] {
  return [
    ['', 'filled', 'after turnover'],
    ...contestantNames.map((name) => {
      const { filled, turnedOver } = measured.bytes(name);
      return [name, filled.toFixed(1), turnedOver.toFixed(1)];
    }),
  ];
}

function growthCells(measured: Measured): string[][] {
  return [
    ['', ...growthScenarios],
    ...growthContestants.map((name) => [
      name,
      ...growthScenarios.map((scenario) => cellOf(measured.growthRatios(scenario, name))),
    ]),
  ];
}

function tableOf(cells: readonly (readonly string[])[]): string {
  return aligned(cells, ['left']).join('\n');
}

function cellOf(samples: readonly number[]): string {
  return `${round(median(samples))} ±${Math.round(noise(samples) * 100)} %`;
}
