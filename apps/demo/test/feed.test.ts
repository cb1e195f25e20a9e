import { readFileSync } from 'node:fs';
import { createPredictor, fromFunction } from '@predcache/core';
import { describe, expect, test } from 'vitest';
import { emptyFeed, type FeedState, feedReducer, maxShown } from '../src/feed/feedState.js';
import { posts } from '../src/feed/posts.js';
import { makeTimeline } from '../src/feed/timeline.js';
import type { LanguagePredictor } from '../src/languageId/predictors.js';

const models = new URL('../../../models/', import.meta.url);
const { labels } = JSON.parse(readFileSync(new URL('language-id.json', models), 'utf8')) as {
  labels: { code: string }[];
};

describe('posts', () => {
  test('60 to 100, each of them once', () => {
    expect(posts.length).toBeGreaterThanOrEqual(60);
    expect(posts.length).toBeLessThanOrEqual(100);
    expect(new Set(posts.map(({ text }) => text)).size).toBe(posts.length);
  });

  test('every language of the models comes up, in all parts of the feed', () => {
    const codes = labels.map(({ code }) => code).sort();
    for (let start = 0; start + codes.length <= posts.length; start += codes.length) {
      const languages = posts.slice(start, start + codes.length).map(({ language }) => language);
      expect(languages.sort()).toEqual(codes);
    }
  });

  test('none is one of the phrases that the models are measured by', () => {
    const phrases = JSON.parse(readFileSync(new URL('everyday-phrases.json', models), 'utf8')) as {
      text: string;
    }[];
    const texts = new Set(posts.map(({ text }) => text));
    expect(phrases.filter(({ text }) => texts.has(text))).toEqual([]);
  });
});

describe('timeline', () => {
  const timeline = makeTimeline(posts);

  test('every post is new exactly once, in order', () => {
    const fresh = timeline.filter(({ occasion }) => occasion === 'new').map(({ post }) => post);
    expect(fresh).toEqual(posts);
  });

  test('what comes again has been there before', () => {
    const seen = new Set<string>();
    for (const { post, occasion } of timeline) {
      if (occasion === 'new') expect(seen).not.toContain(post.text);
      else expect(seen).toContain(post.text);
      seen.add(post.text);
    }
  });

  test('a third to a half of it comes again, by scrolling back and by opening again', () => {
    const again = timeline.filter(({ occasion }) => occasion !== 'new');
    expect(again.length / timeline.length).toBeGreaterThan(0.3);
    expect(again.length / timeline.length).toBeLessThan(0.5);
    expect(new Set(again.map(({ occasion }) => occasion))).toEqual(
      new Set(['scrolled back', 'opened again']),
    );
  });

  test('no posts, no arrivals', () => expect(makeTimeline([])).toEqual([]));
});

describe('state', () => {
  const predictor: LanguagePredictor = createPredictor({
    model: { name: 'feed-test', version: '1' },
    onDevice: fromFunction(() => null),
  });
  const timeline = makeTimeline(posts);
  const arrive = (state: FeedState) => feedReducer(state, { type: 'arrive', timeline, predictor });
  const toggle = (state: FeedState) => feedReducer(state, { type: 'toggle' });

  test('nothing arrives until it is played', () => {
    expect(arrive(emptyFeed)).toEqual(emptyFeed);
  });

  test('the newest comes first, with an id of its own, and the list is bounded', () => {
    let state = toggle(emptyFeed);
    for (let index = 0; index < 50; index++) {
      state = arrive(state);
      expect(state.shown[0]).toMatchObject({ ...timeline[index], id: index + 1, predictor });
      expect(state.shown).toHaveLength(Math.min(index + 1, maxShown));
    }
  });

  test('it stops when told to, and goes on from there', () => {
    const stopped = toggle(arrive(toggle(emptyFeed)));
    expect(arrive(stopped).arrived).toBe(1);
    expect(arrive(toggle(stopped)).shown[0]?.post).toBe(timeline[1]?.post);
  });

  test('it stops at its end; played again it begins again', () => {
    let state = toggle(emptyFeed);
    for (let index = 0; index < timeline.length; index++) state = arrive(state);
    expect(state).toMatchObject({ isPlaying: false, arrived: timeline.length });
    state = arrive(toggle(state));
    expect(state).toMatchObject({ isPlaying: true, arrived: timeline.length + 1 });
    expect(state.shown[0]?.post).toBe(posts[0]);
  });
});
