import type { FlushResult, OutboxStats } from '@predcache/core';
import type { BrowserContext, Page } from 'playwright';
import type { Site } from '../../support/servePages.js';
import { until } from '../../support/until.js';
import { within } from '../../support/within.js';
import type { Message, Progress } from '../page/messages.js';
import type { WriteBackSettings } from '../page/writeBackLoad.js';
import type { Ledger } from './ledger.js';

const patience = 30_000;

/** A tab of the page `writeBack.html`, told from here what to do. */
export class WriteBackTab {
  readonly #page: Page;
  #acknowledged = 0;
  #progress: Progress | undefined;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(
    context: BrowserContext,
    { site, ledger, settings }: { site: Site; ledger: Ledger; settings: Omit<WriteBackSettings, 'epoch'> },
  ): Promise<WriteBackTab> {
    const page = await context.newPage();
    const tab = new WriteBackTab(page);
    await page.exposeFunction('faultsTell', (message: Message) => {
      if (message.type === 'acknowledged') tab.#acknowledged += message.numbers.length;
      if (message.type === 'progress') tab.#progress = message.progress;
      ledger.hear(message);
    });
    await page.goto(`${site.url}/writeBack.html`);
    await page.waitForFunction(() => 'writeBack' in window);
    const all = { ...settings, epoch: ledger.epoch };
    await page.evaluate((options) => window.writeBack.open(options), all);
    return tab;
  }

  /** What it last told of the writes put; `undefined` before the first. */
  get progress(): Progress | undefined {
    return this.#progress;
  }

  /** Begins to put; settles when so many writes are acknowledged. */
  async start(acknowledged: number): Promise<void> {
    await this.#page.evaluate(() => window.writeBack.start());
    await until(`${acknowledged} acknowledged writes`, () => this.#acknowledged >= acknowledged, patience);
  }

  /** Takes as long as there is something to deliver. */
  flush(): Promise<FlushResult> {
    return within(
      180_000,
      'a flush',
      this.#page.evaluate(() => window.writeBack.flush()),
    );
  }

  stats(): Promise<OutboxStats> {
    return this.#call(this.#page.evaluate(() => window.writeBack.stats()));
  }

  /** As it is now. */
  now(): Promise<Progress> {
    return this.#call(this.#page.evaluate(() => window.writeBack.progress()));
  }

  mark(name: string): Promise<string> {
    return this.#call(this.#page.evaluate((row) => window.writeBack.mark(row), name));
  }

  isMarked(name: string): Promise<boolean> {
    return this.#call(this.#page.evaluate((row) => window.writeBack.isMarked(row), name));
  }

  #call<T>(called: Promise<T>): Promise<T> {
    return within(patience, 'an answer of the tab', called);
  }
}
