import { act } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { App } from '../src/App.js';
import { posts } from '../src/feed/posts.js';
import { click, enter, eventually, find, mount, textsOf } from './support/mount.js';
import { type TestEngine, testPredictors } from './support/testPredictors.js';

const languages = [
  { code: 'fr', name: 'French' },
  { code: 'de', name: 'German' },
  { code: 'en', name: 'English' },
];

let engine: TestEngine;

beforeEach(async () => {
  engine = testPredictors();
  await mount(<App predictors={engine.predictors} maxLength={1024} languages={languages} />);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const statesOf = (testId: string) =>
  [...document.querySelectorAll<HTMLElement>(`[data-testid="${testId}"]`)].map(
    ({ dataset }) => dataset.status,
  );
const textOf = (testId: string) => find(testId).textContent;
const settled = () => eventually(() => expect(find('result').dataset.status).toBe('success'));

test('empty: no language, no request, phrases to try instead', async () => {
  expect(textsOf('language')).toEqual([]);
  expect(textsOf('example').length).toBeGreaterThan(3);
  await enter(find('input'), '  12:30 … 👋 ');
  expect(find('result').dataset.status).toBe('idle');
  expect(engine.computed).toEqual([]);
});

test('typing gives language, probabilities and source; the same text again comes from memory', async () => {
  await enter(find('input'), 'bonjour');
  await settled();
  expect(textOf('language')).toBe('fr');
  expect(textOf('source')).toBe('on_device');
  expect(textsOf('probability')).toEqual(['French75 %', 'German13 %', 'English13 %']);
  await enter(find('input'), '');
  await enter(find('input'), 'bonjour');
  expect(textOf('source')).toBe('memory');
  expect(engine.computed).toEqual(['device small: bonjour']);
  await eventually(() => {
    expect(textOf('hit-ratio')).toBe('50 %');
    expect(textOf('requests')).toBe('2');
    expect(textOf('latency')).toMatch(/ms$/);
  });
});

test('the last answers are listed, the newest first, with their texts', async () => {
  await enter(find('input'), 'bonjour');
  await settled();
  await enter(find('input'), 'Guten Tag');
  await settled();
  await eventually(() =>
    expect(textsOf('last-answer')).toEqual([
      expect.stringMatching(/^on_deviceGuten Tag[\d<].*ms$/),
      expect.stringMatching(/^on_devicebonjour[\d<].*ms$/),
    ]),
  );
});

test('one sentence is the whole text and is asked for once; two ask for themselves', async () => {
  await enter(find('input'), 'bonjour.');
  await settled();
  expect(textsOf('sentence-language')).toEqual(['fr']);
  expect(engine.computed).toHaveLength(1);
  await enter(find('input'), 'bonjour. Guten Tag.');
  await eventually(() => expect(textsOf('sentence-language')).toEqual(['fr', 'de']));
  expect(textsOf('sentence-source')).toEqual(['memory', 'on_device']);
});

test('the model and the engine that are chosen compute', async () => {
  await enter(find('model-select'), 'large');
  await enter(find('engine-select'), 'cloud');
  await enter(find('input'), 'Guten Tag');
  await settled();
  expect(textOf('source')).toBe('in_cloud');
  expect(engine.computed).toEqual(['cloud large: Guten Tag']);
});

test('a broken device: the API answers, and the page says so until the device works again', async () => {
  engine.isDeviceBroken = true;
  await enter(find('input'), 'bonjour');
  await settled();
  expect(textOf('source')).toBe('in_cloud');
  await eventually(() =>
    expect(textOf('notice')).toBe('This device cannot compute: its worker ended. The API answers instead.'),
  );
  expect(find('notice').getAttribute('role')).toBe('status');
  engine.isDeviceBroken = false;
  // The device is left alone for a moment before it is asked again.
  let words = 'bonjour';
  const askAgain = async () => {
    words += ' encore';
    await enter(find('input'), words);
    await settled();
    expect(textOf('notice')).toBe('');
  };
  await vi.waitFor(askAgain, { timeout: 10_000, interval: 100 });
});

test('everything broken: an error with a way out; known texts are answered all the same', async () => {
  await enter(find('input'), 'bonjour');
  await settled();
  engine.isDeviceBroken = true;
  engine.isCloudBroken = true;
  await enter(find('input'), 'Guten Tag');
  await eventually(() => expect(textOf('error')).toContain('ENGINES_FAILED'));
  await enter(find('input'), 'bonjour');
  expect(textOf('source')).toBe('memory');
  await enter(find('input'), 'Guten Tag');
  await eventually(() => expect(textOf('error')).toContain('ENGINES_FAILED'));
  engine.isDeviceBroken = false;
  await click(find('error').querySelector('button')!);
  await settled();
  expect(textOf('language')).toBe('de');
});

test('without a network it says where answers come from; when it is back, it asks again by itself', async () => {
  const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  engine.isDeviceBroken = true;
  engine.isCloudBroken = true;
  await act(async () => dispatchEvent(new Event('offline')));
  expect(textOf('notice')).toBe('Offline, answering from memory and disk.');
  await enter(find('input'), 'bonjour');
  await eventually(() => expect(textsOf('error')).toHaveLength(1));
  engine.isCloudBroken = false;
  onLine.mockReturnValue(true);
  await act(async () => dispatchEvent(new Event('online')));
  await settled();
  expect(textOf('source')).toBe('in_cloud');
});

test('an example fills the box, and the focus goes there', async () => {
  const [example] = textsOf('example');
  await click(find('example'));
  expect((find('input') as HTMLTextAreaElement).value).toBe(example);
  expect(document.activeElement).toBe(find('input'));
});

test('clearing forgets what both models have said', async () => {
  await enter(find('input'), 'bonjour');
  await settled();
  await eventually(() => expect(textOf('memory-bytes')).not.toBe('0 B'));
  await click(find('clear'));
  await eventually(() => expect(textOf('memory-bytes')).toBe('0 B'));
  await enter(find('input'), '');
  await enter(find('input'), 'bonjour');
  await settled();
  expect(textOf('source')).toBe('on_device');
});

test('the feed plays, each post with its language and source, and stops when told to', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await click(find('play-feed'));
  expect(find('play-feed').textContent).toBe('Stop');
  for (let index = 1; index < 13; index++) await act(async () => vi.advanceTimersByTime(420));
  expect(textsOf('feed-post')).toHaveLength(13);
  expect(find('feed-post').textContent).toContain(posts[4]?.text);
  expect(textsOf('post-source')).toEqual([
    ...Array.from({ length: 4 }, () => 'memory'),
    ...Array.from({ length: 9 }, () => 'on_device'),
  ]);
  await click(find('play-feed'));
  await act(async () => vi.advanceTimersByTime(10_000));
  expect(textsOf('feed-post')).toHaveLength(13);
  expect(vi.getTimerCount()).toBe(0);
});

test('sentences and posts that failed are asked again with the whole text', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  engine.isDeviceBroken = true;
  engine.isCloudBroken = true;
  await click(find('play-feed'));
  await act(async () => vi.advanceTimersByTime(420));
  await click(find('play-feed'));
  await enter(find('input'), 'bonjour. Guten Tag.');
  await eventually(() => {
    expect(statesOf('sentence')).toEqual(['error', 'error']);
    expect(new Set(statesOf('feed-post'))).toEqual(new Set(['error']));
    expect(textsOf('error')).toHaveLength(1);
  });
  expect(textOf('sentence')).toContain('neither this device nor the API can compute it');
  expect(textOf('error')).toContain('Neither this device nor the API can compute it.');
  engine.isCloudBroken = false;
  await click(find('error').querySelector('button')!);
  await eventually(() => {
    expect(statesOf('sentence')).toEqual(['success', 'success']);
    expect(new Set(statesOf('feed-post'))).toEqual(new Set(['success']));
  });
});

test('sentences that failed are asked again when the network is back', async () => {
  const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  engine.isDeviceBroken = true;
  engine.isCloudBroken = true;
  await act(async () => dispatchEvent(new Event('offline')));
  await enter(find('input'), 'bonjour. Guten Tag.');
  await eventually(() => expect(statesOf('sentence')).toEqual(['error', 'error']));
  engine.isCloudBroken = false;
  onLine.mockReturnValue(true);
  await act(async () => dispatchEvent(new Event('online')));
  await eventually(() => expect(statesOf('sentence')).toEqual(['success', 'success']));
});

test('sentences that failed are asked again when another whole text is answered', async () => {
  engine.isDeviceBroken = true;
  engine.isCloudBroken = true;
  await enter(find('input'), 'bonjour. Guten Tag. ');
  await eventually(() => expect(statesOf('sentence')).toEqual(['error', 'error']));
  engine.isDeviceBroken = false;
  await enter(find('input'), 'bonjour. Guten Tag. Hej.');
  await eventually(() => expect(statesOf('sentence')).toEqual(['success', 'success', 'success']));
});

test('trouble with the API is not told when the device is chosen and works', async () => {
  engine.isCloudBroken = true;
  await enter(find('engine-select'), 'cloud');
  await enter(find('input'), 'bonjour');
  await eventually(() => expect(textOf('notice')).toContain('The API does not answer'));
  await enter(find('engine-select'), 'device');
  expect(textOf('notice')).toBe('');
});

test('trouble of one model is not told of the other', async () => {
  engine.isDeviceBroken = true;
  await enter(find('model-select'), 'large');
  await enter(find('input'), 'bonjour');
  await eventually(() => expect(textOf('notice')).toContain('This device cannot compute'));
  engine.isDeviceBroken = false;
  await enter(find('model-select'), 'small');
  await settled();
  expect(textOf('notice')).toBe('');
});

test('a text that the model cannot place gets its code, but no headline that promises a language', async () => {
  await enter(find('input'), '日本語');
  await settled();
  expect(textOf('language')).toBe('fr');
  expect(find('result').querySelector('h2')?.textContent).toBe('Not sure');
  await enter(find('input'), 'bonjour');
  await settled();
  expect(find('result').querySelector('h2')?.textContent).toBe('French');
});

test('a sentence that comes twice at once is computed once, and the numbers say that it was shared', async () => {
  await enter(find('input'), 'Bonjour. Bonjour.');
  await eventually(() => expect(statesOf('sentence')).toEqual(['success', 'success']));
  await eventually(() => {
    expect(textOf('requests')).toBe('3');
    expect(textOf('collapsed')).toBe('1');
    expect(textsOf('last-answer').filter((text) => text?.includes('shared'))).toHaveLength(1);
  });
  expect(engine.computed.filter((text) => text === 'device small: Bonjour.')).toHaveLength(1);
});

test('the languages that the models know are named under the box', () => {
  expect(textOf('languages')).toContain('English, French, German');
});
