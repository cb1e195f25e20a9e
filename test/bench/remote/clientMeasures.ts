import { openProfile } from '../../support/browser.js';
import type { SuiteOptions, SuiteResult } from '../suite.js';
import { openMeasuringPage } from '../support/measuringPage.js';
import { median, ratios } from '../support/samples.js';
import { serveSite } from '../support/site.js';
import { rounded, rowOf } from '../support/table.js';
import { type FormatSamples, measureBinaryVsJson } from './binaryVsJson.js';
import { measureClientOverhead, type OverheadSamples } from './clientOverhead.js';
import { startInferenceServer } from './inferenceServer.js';
import type { RemoteMeasures } from './page/remote.js';

const path = 'remote/page/remote.html';

/** What one place measured. */
interface Measured {
  readonly where: 'Node' | 'Chromium';
  readonly large: OverheadSamples;
  readonly small: OverheadSamples;
  readonly formats: FormatSamples;
}

/** The client's part of the suite `remote`, in Node and in Chromium, against a server on loopback in another process. */
export async function measureClient({ isQuick }: SuiteOptions): Promise<SuiteResult> {
  const server = await startInferenceServer();
  try {
    return report([
      await measureInNode(server.baseUrl, isQuick),
      await measureInChromium(server.baseUrl, isQuick),
    ]);
  } finally {
    await server.close();
  }
}

/** The image of the protocol's users, 602 kB, and an input of 1 kB. */
function settings(baseUrl: string, isQuick: boolean) {
  const rounds = isQuick ? 10 : 40;
  return {
    large: { baseUrl, inputs: 224 * 224 * 3, outputs: 1_000, rounds, loops: 5 },
    small: { baseUrl, inputs: 256, outputs: 256, rounds, loops: 50 },
    formatRounds: isQuick ? 5 : 15,
  };
}

export async function measureInNode(baseUrl: string, isQuick: boolean): Promise<Measured> {
  const { large, small, formatRounds } = settings(baseUrl, isQuick);
  return {
    where: 'Node',
    small: await measureClientOverhead(small),
    large: await measureClientOverhead(large),
    formats: await measureBinaryVsJson(baseUrl, formatRounds),
  };
}

export async function measureInChromium(baseUrl: string, isQuick: boolean): Promise<Measured> {
  const { large, small, formatRounds } = settings(baseUrl, isQuick);
  const site = await serveSite('remote', [path]);
  const profile = await openProfile();
  try {
    const page = await openMeasuringPage<RemoteMeasures>(
      await profile.context.newPage(),
      `${site.url}/${path}`,
    );
    return {
      where: 'Chromium',
      small: await page('measureClientOverhead', small),
      large: await page('measureClientOverhead', large),
      formats: await page('measureBinaryVsJson', baseUrl, formatRounds),
    };
  } finally {
    await profile.close();
    await site.close();
  }
}

function report(places: readonly Measured[]): SuiteResult {
  return {
    rows: places.flatMap(({ where, large, small, formats }) => [
      rowOf(`${where}: 602 kB image, predict`, 'ms', large.predict),
      rowOf(`${where}: 602 kB image, the client alone`, 'ms', large.engine),
      rowOf(`${where}: 602 kB image, fetch and parse`, 'ms', large.bare),
      rowOf(`${where}: 1 kB, predict`, 'ms', small.predict),
      rowOf(`${where}: 1 kB, the client alone`, 'ms', small.engine),
      rowOf(`${where}: 1 kB, fetch and parse`, 'ms', small.bare),
      rowOf(`${where}: 224 × 224 × 3 as JSON`, 'ms', formats.ms.json),
      rowOf(`${where}: 224 × 224 × 3 in binary`, 'ms', formats.ms.binary),
    ]),
    figures: Object.fromEntries(places.flatMap(figuresOf)),
  };
}

function figuresOf({ where, large, small, formats }: Measured): [string, number][] {
  const name = (figure: string) => (where === 'Node' ? `${figure}Node` : figure);
  const beyond = (ours: readonly number[]) => median(ours.map((value, round) => value - small.bare[round]!));
  return [
    [name('clientOverheadVsFetch'), rounded(median(ratios(large.predict, large.bare)))],
    [name('engineOverheadVsFetch'), rounded(median(ratios(large.engine, large.bare)))],
    [name('clientOverheadMs1kB'), rounded(beyond(small.predict))],
    [name('binaryVsJsonBytes'), rounded(formats.bytes.binary / formats.bytes.json)],
    [name('binaryVsJsonMs'), rounded(median(ratios(formats.ms.binary, formats.ms.json)))],
  ];
}
