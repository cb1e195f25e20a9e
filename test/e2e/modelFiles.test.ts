import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openProfile, type Profile } from '../support/browser.js';
import { buildPages } from '../support/builtPages.js';
import { FileServer, type ServedFile } from '../support/fileServer.js';
import { FileTab } from '../support/fileTabs.js';
import { GeneratedFile } from '../support/generatedFile.js';
import { type SiteServer, serveSite } from '../support/siteServer.js';
import { until } from '../support/until.js';

const partSize = 4 * 1024 * 1024;
const size = 3 * partSize + 1_000_003;
const first = new GeneratedFile(size, 'first');
const second = new GeneratedFile(size, 'second');
const weights = new GeneratedFile(partSize * 2, 'weights');
const monday = 'Fri, 02 Jan 2026 10:00:00 GMT';

let folder: string;
let profile: Profile;
let files: FileServer;
let site: SiteServer;
let tab: FileTab;

beforeAll(async () => {
  folder = await buildPages(['modelFiles.html'], 'modelFilesPages');
  profile = await openProfile();
});
afterAll(async () => {
  await profile?.close();
});
// Each has a server with a port of its own, and so an origin with a storage of its own.
beforeEach(async () => {
  files = new FileServer();
  site = await serveSite({ folder, answer: (request, response) => files.answer(request, response) });
  tab = await FileTab.open(profile, site.url);
});
afterEach(async () => {
  await Promise.all(profile.context.pages().map((page) => page.close()));
  await site?.close();
});

function serve(served: Partial<ServedFile> = {}, path = '/m.onnx'): void {
  files.files.set(path, { file: first, etag: '"1"', ...served });
}

function model(given: { version?: string; integrity?: string; path?: string } = {}) {
  const { version = '1', integrity, path = 'm.onnx' } = given;
  return { name: 'm', version, url: `${site.url}${path}`, ...(integrity && { integrity }) };
}

function sent(): number {
  return files.requests.reduce((sum, request) => sum + request.sent, 0);
}

describe('a model with a digest', () => {
  const checked = () => model({ integrity: first.integrity });

  it('is downloaded once, then read without the network', async () => {
    serve();
    expect(await tab.tell('isStored', checked())).toBe(false);
    const before = Date.now();
    expect(await tab.load(checked())).toMatchObject({ digests: [first.integrity] });
    expect(await tab.tell('isStored', checked())).toBe(true);
    expect(await tab.tell('isStored', model())).toBe(false);
    expect(await tab.tell('list')).toEqual([
      {
        name: 'm',
        version: '1',
        url: `${site.url}m.onnx`,
        size,
        storedSize: size,
        isComplete: true,
        lastUsed: expect.any(Number),
      },
    ]);
    expect((await tab.tell('list'))[0]!.lastUsed).toBeGreaterThanOrEqual(before);
    files.isDown = true;
    await tab.page.reload();
    const name = await tab.start(checked());
    expect(await tab.tell('outcome', name)).toMatchObject({ digests: [first.integrity] });
    expect(files.requests).toHaveLength(1);
    const steps = await tab.tell('steps', name);
    expect(steps[0]).toEqual([0, size]);
    expect(steps.at(-1)).toEqual([size, size]);
  });

  it('is found under another URL and another version', async () => {
    serve();
    serve({}, '/signed.onnx');
    await tab.load(checked());
    const moved = model({ integrity: first.integrity, path: 'signed.onnx', version: '2' });
    expect(await tab.load(moved)).toMatchObject({ digests: [first.integrity] });
    expect(files.requests).toHaveLength(1);
  });

  it('stores nothing of another file, and says what came', async () => {
    serve({ file: second });
    const { error } = await tab.load(checked());
    expect(error).toMatchObject({
      code: 'MODEL_INTEGRITY_MISMATCH',
      details: { expected: first.integrity, actual: second.integrity },
    });
    expect(files.requests).toHaveLength(2);
    expect(await tab.tell('urls')).toEqual([]);
    expect(await tab.tell('isStored', checked())).toBe(false);
  });

  it.each(['missing', 'short', 'long', 'other bytes'] as const)(
    'is downloaded anew when a part of it is %s',
    async (how) => {
      serve();
      await tab.load(checked());
      await tab.tell('damage', 1, how);
      expect(await tab.load(checked())).toMatchObject({ digests: [first.integrity] });
      expect(files.requests).toHaveLength(2);
      expect(await tab.load(checked())).toMatchObject({ digests: [first.integrity] });
      expect(files.requests).toHaveLength(2);
      // Nothing is left of the damaged one.
      await tab.untilTidied((urls) => urls.filter((url) => url.includes('/part?')).length === 4);
    },
  );
});

describe('a model without a digest', () => {
  it.each([
    ['an ETag', { etag: '"1"' }],
    ['a date', { etag: undefined, lastModified: monday }],
  ])('is asked for by %s, and read from the store while it is the same', async (_case, served) => {
    serve(served as Partial<ServedFile>);
    expect(await tab.load(model())).toMatchObject({ digests: [first.integrity] });
    expect(await tab.load(model())).toMatchObject({ digests: [first.integrity] });
    expect(files.requests.map(({ status }) => status)).toEqual([200, 304]);
    expect(sent()).toBe(size);
  });

  it('is replaced when the server has another one', async () => {
    serve();
    await tab.load(model());
    serve({ file: second, etag: '"2"' });
    expect(await tab.load(model())).toMatchObject({ digests: [second.integrity] });
    const listed = await tab.tell('list');
    expect(listed).toMatchObject([{ storedSize: size, isComplete: true }]);
    await tab.untilTidied((urls) => urls.filter((url) => url.includes('/part?')).length === 4);
    files.isDown = true;
    expect(await tab.load(model())).toMatchObject({ digests: [second.integrity] });
  });

  it.each(['is down', 'answers 503', 'answers 404', 'gives a web page', 'is silent'])(
    'is read from the store when the server %s',
    async (how) => {
      serve();
      await tab.load(model());
      if (how === 'is down') files.isDown = true;
      else if (how === 'is silent') serve({ etag: '"2"', headers: { 'x-silent': '1' }, holdAt: 0 });
      else if (how === 'gives a web page') serve({ etag: '"2"', headers: { 'content-type': 'text/html' } });
      else files.status = Number(how.slice(-3));
      // A silent one holds the body back: what is asked for then stalls.
      const options = { stallTimeout: 500, revalidateTimeout: 500 };
      expect(await tab.load(model(), options)).toMatchObject({ digests: [first.integrity] });
    },
  );

  it('is downloaded each time when the server says nothing to tell it by', async () => {
    serve({ etag: undefined as never });
    await tab.load(model());
    expect(await tab.load(model())).toMatchObject({ digests: [first.integrity] });
    expect(files.requests.map(({ status }) => status)).toEqual([200, 200]);
    files.isDown = true;
    expect(await tab.load(model())).toMatchObject({ digests: [first.integrity] });
  });
});

describe('half a download', () => {
  const half = 2 * partSize;

  it.each(['kill', 'abort'] as const)('goes on where it was ended by %s', async (end) => {
    serve({ holdAt: half + 500_000 });
    await tab.loadUntilStored(model(), half, end);
    expect(await tab.tell('list')).toMatchObject([{ size, storedSize: half, isComplete: false }]);
    expect(await tab.tell('isStored', model())).toBe(false);
    files.requests = [];
    serve();
    const name = await tab.start(model());
    expect(await tab.tell('outcome', name)).toMatchObject({ digests: [first.integrity] });
    expect(files.requests).toMatchObject([{ status: 206, range: `bytes=${half}-`, sent: size - half }]);
    expect((await tab.tell('steps', name))[0]).toEqual([half, size]);
    files.isDown = true;
    expect(await tab.load(model())).toMatchObject({ digests: [first.integrity] });
  });

  it('goes on after the network was lost, in the next load', async () => {
    serve({ holdAt: half + 500_000 });
    const name = await tab.start(model());
    await until('half is stored', async () => (await tab.tell('list'))[0]?.storedSize === half);
    await site.close();
    expect((await tab.tell('outcome', name)).error).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED' });
    expect(await tab.tell('list')).toMatchObject([{ storedSize: half, isComplete: false }]);
  });

  it('is hashed as a whole', async () => {
    const checked = model({ integrity: first.integrity });
    serve({ holdAt: half + 500_000, etag: undefined as never });
    await tab.loadUntilStored(checked, half);
    files.requests = [];
    serve({ etag: undefined as never });
    expect(await tab.load(checked)).toMatchObject({ digests: [first.integrity] });
    expect(files.requests).toMatchObject([{ status: 206, sent: size - half }]);
  });

  it('is given up when its beginning turns out to be wrong', async () => {
    const checked = model({ integrity: first.integrity });
    serve({ holdAt: half + 500_000 });
    await tab.loadUntilStored(checked, half);
    await tab.tell('damage', 0, 'other bytes');
    files.requests = [];
    serve();
    expect(await tab.load(checked)).toMatchObject({ digests: [first.integrity] });
    expect(files.requests).toMatchObject([{ status: 206 }, { status: 200, sent: size }]);
  });

  it.each<[string, Partial<ServedFile>, number[]]>([
    ['has changed', { etag: '"2"' }, [200]],
    ['has changed and the server does not look at If-Range', { etag: '"2"', ifRange: false }, [206, 200]],
    ['comes from elsewhere than asked for', { file: first, shift: 1_000 }, [206, 200]],
    ['has another size', { file: new GeneratedFile(size + 5, 'first'), etag: '"1"' }, [206, 200]],
    ['cannot be had in part', { file: first, ranges: false }, [200]],
  ])('starts again when the file %s', async (_case, served, statuses) => {
    serve({ holdAt: half + 500_000 });
    await tab.loadUntilStored(model(), half);
    files.requests = [];
    const now = { file: second, ...served };
    serve(now);
    expect(await tab.load(model())).toMatchObject({ digests: [now.file.integrity] });
    expect(files.requests.map(({ status }) => status)).toEqual(statuses);
    await tab.untilTidied((urls) => urls.filter((url) => url.includes('/part?')).length === 4);
  });

  it('starts again where nothing tells the rest from that of another file', async () => {
    serve({ holdAt: half + 500_000, etag: undefined as never });
    await tab.loadUntilStored(model(), half);
    files.requests = [];
    serve({ file: second, etag: undefined as never });
    expect(await tab.load(model())).toMatchObject({ digests: [second.integrity] });
    expect(files.requests).toMatchObject([{ range: undefined, status: 200 }]);
  });

  it('is deleted when nobody went on with it for a day', async () => {
    serve({ holdAt: half + 500_000 });
    await tab.loadUntilStored(model(), half);
    serve({ file: weights }, '/other.onnx');
    await tab.load(model({ path: 'other.onnx' }));
    await tab.untilTidied((urls) => urls.some((url) => url.includes('/model?')));
    expect(await tab.tell('list')).toHaveLength(2);
    await tab.tell('age', 'begun', 25 * 60 * 60 * 1000);
    await tab.load(model({ path: 'other.onnx' }));
    await tab.untilTidied((urls) => !urls.some((url) => url.includes('/begun?')));
    await tab.untilTidied((urls) => urls.filter((url) => url.includes('/part?')).length === 2);
  });
});

describe('a model on another origin', () => {
  const half = 2 * partSize;
  let elsewhere: SiteServer;
  const open = { 'access-control-allow-origin': '*' };

  beforeEach(async () => {
    elsewhere = await serveSite({ answer: (request, response) => files.answer(request, response) });
  });
  afterEach(async () => {
    await elsewhere?.close();
  });
  const away = (integrity?: string) => ({
    ...model(),
    url: `${elsewhere.url}m.onnx`,
    ...(integrity && { integrity }),
  });

  it('is kept, and told by its date where that is all one can see', async () => {
    serve({ headers: open, lastModified: monday });
    await tab.load(away());
    expect(await tab.load(away())).toMatchObject({ digests: [first.integrity] });
    expect(await tab.tell('list')).toMatchObject([{ storedSize: size }]);
    serve({ headers: open, file: second, lastModified: 'Sat, 03 Jan 2026 10:00:00 GMT' });
    expect(await tab.load(away())).toMatchObject({ digests: [second.integrity] });
  });

  it('goes on with half a download where it has a digest', async () => {
    serve({ headers: open, lastModified: monday, holdAt: half + 500_000 });
    await tab.loadUntilStored(away(first.integrity), half);
    files.requests = [];
    serve({ headers: open, lastModified: monday });
    expect(await tab.load(away(first.integrity))).toMatchObject({ digests: [first.integrity] });
    expect(files.requests).toMatchObject([{ status: 206, sent: size - half }]);
  });

  it('starts again without one, unless the server shows which range it sends', async () => {
    serve({ headers: open, lastModified: monday, holdAt: half + 500_000 });
    await tab.loadUntilStored(away(), half);
    serve({ headers: open, lastModified: monday });
    expect(await tab.load(away())).toMatchObject({ digests: [first.integrity] });
    await tab.tell('delete', {});
    const exposed = { ...open, 'access-control-expose-headers': 'content-range, etag' };
    serve({ headers: exposed, holdAt: half + 500_000 });
    await tab.loadUntilStored(away(), half);
    files.requests = [];
    serve({ headers: exposed });
    expect(await tab.load(away())).toMatchObject({ digests: [first.integrity] });
    expect(files.requests).toMatchObject([{ status: 206, sent: size - half }]);
  });
});

describe('versions', () => {
  const integrities = [first.integrity, second.integrity];
  const version = (number: 1 | 2, data?: GeneratedFile) => ({
    ...model({ version: String(number), path: `${number}.onnx`, integrity: integrities[number - 1]! }),
    ...(data && { externalData: [{ path: 'w', url: `${site.url}w.data`, integrity: data.integrity }] }),
  });
  beforeEach(() => {
    serve({ file: first }, '/1.onnx');
    serve({ file: second }, '/2.onnx');
    serve({ file: weights }, '/w.data');
  });
  const isTidied = (models: number) => (urls: readonly string[]) =>
    urls.filter((url) => url.includes('/model?')).length === models &&
    urls.filter((url) => url.includes('/complete?')).length === models;

  it('beyond the one in use are deleted', async () => {
    await tab.load(version(1));
    await tab.load(version(2));
    await tab.untilTidied(isTidied(1));
    expect(await tab.tell('list')).toMatchObject([{ version: '2', storedSize: size }]);
    expect((await tab.tell('urls')).filter((url) => url.includes('/part?'))).toHaveLength(4);
  });

  it('are kept as many as is said, those used last, and those of other models', async () => {
    await tab.load({ ...version(1), name: 'other', integrity: weights.integrity, url: `${site.url}w.data` });
    await tab.untilTidied(isTidied(1));
    await tab.load(version(1), { keepVersions: 2 });
    await tab.untilTidied(isTidied(2));
    await tab.load(version(2), { keepVersions: 2 });
    await tab.untilTidied(isTidied(3));
    expect(await tab.tell('list')).toMatchObject([
      { name: 'm', version: '2' },
      { name: 'm', version: '1' },
      { name: 'other', version: '1' },
    ]);
    expect(await tab.tell('delete', { name: 'm', version: '1' })).toBe(size);
    expect(await tab.tell('delete', { name: 'm' })).toBe(size);
    expect(await tab.tell('list')).toMatchObject([{ name: 'other' }]);
    expect(await tab.tell('delete', {})).toBe(weights.size);
    expect(await tab.tell('delete', {})).toBe(0);
    expect(await tab.tell('caches')).toEqual([]);
  });

  it('have the files in common that are the same', async () => {
    expect(await tab.load(version(1, weights))).toMatchObject({
      digests: [first.integrity, weights.integrity],
    });
    expect(await tab.tell('isStored', version(1, weights))).toBe(true);
    expect(await tab.tell('isStored', version(1, second))).toBe(false);
    expect(await tab.load(version(2, weights))).toMatchObject({
      digests: [second.integrity, weights.integrity],
    });
    expect(files.requests.map(({ path }) => path).sort()).toEqual(['/1.onnx', '/2.onnx', '/w.data']);
    await tab.untilTidied((urls) => urls.filter((url) => url.includes('/complete?')).length === 2);
    files.isDown = true;
    expect(await tab.load(version(2, weights))).toMatchObject({
      digests: [second.integrity, weights.integrity],
    });
  });
});

describe('where there is no room', () => {
  it('the model is loaded all the same and nothing is left behind', async () => {
    const cdp = await profile.context.newCDPSession(tab.page);
    const origin = new URL(site.url).origin;
    await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 6_000_000 });
    serve();
    expect(await tab.load(model())).toMatchObject({ digests: [first.integrity] });
    expect(files.requests).toHaveLength(1);
    expect((await tab.tell('urls')).filter((url) => !url.includes('/model?'))).toEqual([]);
  });
});

describe('without a store', () => {
  it('nothing is stored when that is switched off', async () => {
    serve();
    expect(await tab.load(model(), { isKept: false })).toMatchObject({ digests: [first.integrity] });
    expect(await tab.tell('caches')).toEqual([]);
    expect(await tab.tell('list')).toEqual([]);
    expect(await tab.tell('delete', {})).toBe(0);
  });

  it('an insecure page downloads and checks its model', async () => {
    const insecure = await openProfile({ switches: ['--host-resolver-rules=MAP insecure.test 127.0.0.1'] });
    onTestFinished(() => insecure.close());
    const url = site.url.replace('127.0.0.1', 'insecure.test');
    const tab = await FileTab.open(insecure, url);
    expect(await tab.tell('isSecure')).toBe(false);
    serve();
    const load = (integrity: string) => tab.load({ ...model({ integrity }), url: `${url}m.onnx` });
    expect(await load(first.integrity)).toMatchObject({ digests: [String(size)] });
    expect((await load(second.integrity)).error).toMatchObject({ code: 'MODEL_INTEGRITY_MISMATCH' });
    expect(await tab.tell('list')).toEqual([]);
  });
});

describe('two tabs', () => {
  it('download a file once', async () => {
    serve({ rate: 8_000_000 });
    const other = await FileTab.open(profile, site.url);
    const one = await tab.start(model());
    await until('one downloads', () => files.requests.length === 1);
    const two = await other.start(model());
    await until('the other has heard of it', async () => (await other.tell('steps', two)).length > 0);
    expect(await tab.tell('outcome', one)).toMatchObject({ digests: [first.integrity] });
    expect(await other.tell('outcome', two)).toMatchObject({ digests: [first.integrity] });
    expect(files.requests).toHaveLength(1);
    const loaded = (await other.tell('steps', two)).map(([bytes]) => bytes);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
  });

  it('that begin at the same moment both get the file, from one download', async () => {
    serve();
    const other = await FileTab.open(profile, site.url);
    const outcomes = await Promise.all([tab.load(model()), other.load(model()), tab.load(model())]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ digests: [first.integrity] });
    expect(files.requests.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await tab.tell('urls')).filter((url) => url.includes('/part?'))).toHaveLength(4);
  });

  it.each(['kill', 'close'])('go on where one of them ended by %s', async (end) => {
    serve({ holdAt: 2 * partSize + 500_000 });
    const other = await FileTab.open(profile, site.url);
    const one = await other.start(model());
    await until('half is stored', async () => (await tab.tell('list'))[0]?.storedSize === 2 * partSize);
    const two = await tab.start(model());
    serve();
    if (end === 'kill') await other.tell('kill', one);
    else await other.page.close();
    expect(await tab.tell('outcome', two)).toMatchObject({ digests: [first.integrity] });
    expect(files.requests.at(-1)).toMatchObject({ status: 206, sent: size - 2 * partSize });
  });

  it('do not wait for one that gives no sign of life', async () => {
    serve({ holdAt: 2 * partSize + 500_000 });
    const other = await FileTab.open(profile, site.url);
    const one = await other.start(model());
    await until('half is stored', async () => (await tab.tell('list'))[0]?.storedSize === 2 * partSize);
    serve();
    expect(await tab.load(model(), { patience: 100 })).toMatchObject({ digests: [first.integrity] });
    files.release();
    expect(await other.tell('outcome', one)).toMatchObject({ digests: [first.integrity] });
    files.isDown = true;
    expect(await tab.load(model())).toMatchObject({ digests: [first.integrity] });
  });

  it('can be told to stop waiting', async () => {
    serve({ holdAt: partSize });
    const other = await FileTab.open(profile, site.url);
    const one = await other.start(model());
    await until('one downloads', () => files.requests.length === 1);
    const two = await tab.start(model());
    await until('the other waits', () =>
      tab.page.evaluate(async () => (await navigator.locks.query()).pending!.length === 1),
    );
    await tab.tell('abort', two);
    expect((await tab.tell('outcome', two)).error).toMatchObject({ message: 'aborted' });
    files.release();
    expect(await other.tell('outcome', one)).toMatchObject({ digests: [first.integrity] });
  });
});
