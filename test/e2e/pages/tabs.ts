import type { Selector } from '@predcache/core';
import { AcrossTabs } from '../../../packages/core/src/tabs/acrossTabs.js';

const heard: Selector[] = [];
const hidden: string[] = [];
const begunAt = performance.now();
const across = new AcrossTabs({
  name: 'pages',
  onInvalidated: (selector) => heard.push(selector),
  onMissed: () => hidden.push('missed'),
  longestWait: 30_000,
});
const openingTime = performance.now() - begunAt;

type Answer = { readonly value: string; readonly isShared: boolean } | { readonly error: string };

/** The calls of this page, by a name that the test gives each. */
const calls = new Map<string, { readonly controller: AbortController; readonly answer: Promise<Answer> }>();
const computing = new Map<string, (value: string) => void>();
let computations = 0;

const offered = {
  heard,
  hidden,
  openingTime,
  isSupported: () => AcrossTabs.isSupported(),
  computations: () => computations,

  /** Asks for a key. The computation goes on until `give`. */
  ask(name: string, key: string): void {
    const controller = new AbortController();
    const answer = across
      .computeOnce<string>(key, {
        signal: controller.signal,
        lookAgain: () => undefined,
        accept: (value) => (typeof value === 'string' ? value : undefined),
        compute: () => {
          computations++;
          return new Promise((resolve) => {
            computing.set(key, (value) => resolve({ value, settled: Promise.resolve() }));
          });
        },
      })
      .catch((error: unknown) => ({ error: String(error) }));
    calls.set(name, { controller, answer });
  },
  isComputing: (key: string) => computing.has(key),
  give: (key: string, value: string) => computing.get(key)!(value),
  abort: (name: string) => calls.get(name)!.controller.abort('left'),
  answer: (name: string) => calls.get(name)!.answer,
  invalidate: (selector: Selector) => across.invalidated(selector),
  /** When nothing is heard any more, and no more may be told, the page being gone. */
  invalidateOnLeaving(selector: Selector): void {
    addEventListener('pagehide', () => across.invalidated(selector));
  },

  /** Asks for many keys that each take some ms, and gives what came of it. */
  async askAtOnce(keys: readonly string[], times: number, time: number): Promise<string[]> {
    const asked = keys.flatMap((key) =>
      Array.from({ length: times }, () =>
        across.computeOnce<string>(key, {
          signal: new AbortController().signal,
          lookAgain: () => undefined,
          accept: (value) => (typeof value === 'string' ? value : undefined),
          compute: async () => {
            computations++;
            await new Promise((resolve) => setTimeout(resolve, time));
            return { value: `${key} computed`, settled: Promise.resolve() };
          },
        }),
      ),
    );
    return (await Promise.all(asked)).map(({ value }) => value);
  },

  /** ms that a call takes beside what it computes, which is nothing, when no other tab asks. */
  async overheads(count: number): Promise<number[]> {
    const times: number[] = [];
    for (let number = 0; number < count; number++) {
      const start = performance.now();
      await across.computeOnce<string>(`overhead ${number}`, {
        signal: new AbortController().signal,
        lookAgain: () => undefined,
        accept: () => undefined,
        compute: async () => ({ value: 'x', settled: Promise.resolve() }),
      });
      times.push(performance.now() - start);
    }
    return times;
  },
};

export type TabsPage = typeof offered;
Object.assign(window, { tabsPage: offered });
