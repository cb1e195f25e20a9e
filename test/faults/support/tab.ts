import type { BrowserContext, CDPSession, Page } from 'playwright';
import type { Site } from '../../support/servePages.js';
import { until } from '../../support/until.js';
import { within } from '../../support/within.js';
import type { BareOutcome } from '../page/bareDatabase.js';
import type { Message, Progress, Settings, Verification } from '../page/messages.js';
import type { Faults } from '../page/tab.js';
import type { Ledger } from './ledger.js';

const idle: Progress = {
  answers: 0,
  wrong: 0,
  failed: 0,
  hits: 0,
  mostEntries: 0,
  slowest: { what: 'none', time: 0 },
  unsettled: [],
  tierErrors: {},
};
/** ms. A page that does not answer at all is beyond what the promises in it can tell. */
const patience = 30_000;

/** A tab of the page in `page/`, told from here what to do. */
export class Tab {
  readonly page: Page;
  readonly #ledger: Ledger;
  #session: Promise<CDPSession> | undefined;
  #progress = idle;
  #acknowledged = 0;

  private constructor(page: Page, ledger: Ledger) {
    this.page = page;
    this.#ledger = ledger;
  }

  static async open(context: BrowserContext, site: Site, ledger: Ledger): Promise<Tab> {
    const page = await context.newPage();
    const tab = new Tab(page, ledger);
    await page.exposeFunction('faultsTell', (message: Message) => tab.#hear(message));
    await page.exposeFunction('faultsGrant', () => ledger.grant());
    await page.goto(`${site.url}/tab.html`);
    await page.waitForFunction(() => 'faults' in window);
    return tab;
  }

  /** What the load that was started last has done by now. */
  get progress(): Progress {
    return this.#progress;
  }

  /** How many acknowledgements all its loads have heard. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  start(settings: Settings): Promise<void> {
    this.#progress = idle;
    return this.#call('start', { ...settings, epoch: this.#ledger.epoch });
  }

  startWorker(settings: Settings): Promise<void> {
    this.#progress = idle;
    return this.#call('startWorker', { ...settings, epoch: this.#ledger.epoch });
  }

  /** @returns whether a write was under way */
  terminateWorker(delay: number): Promise<boolean> {
    return this.#call('terminateWorker', delay);
  }

  async end(): Promise<Progress> {
    this.#progress = await this.#call('end');
    return this.#progress;
  }

  async endWorker(): Promise<Progress> {
    this.#progress = await this.#call('endWorker');
    return this.#progress;
  }

  /** What was written so far may be gone; what is written from now on may not. */
  async forgive(): Promise<void> {
    this.#ledger.forgive();
    await this.#call('begin', this.#ledger.epoch);
  }

  /** Opens a tier of its own in this tab and compares. Nothing may be writing meanwhile. */
  async verify(settings: Settings): Promise<Verification> {
    const { upTo, owed } = this.#ledger;
    const verification = await this.#call('verify', { settings, upTo, owed });
    return { ...verification, lost: verification.lost.filter((lost) => !this.#ledger.wasEvicted(lost)) };
  }

  /** Tries to store 100 kB without the library. */
  storeMuch(): Promise<BareOutcome> {
    return this.#call('storeMuch');
  }

  /** Stores a row without the library, for `isMarked` to look for later, in another run of the browser perhaps. */
  mark(name: string): Promise<BareOutcome> {
    return this.#call('mark', name);
  }

  isMarked(name: string): Promise<boolean> {
    return this.#call('isMarked', name);
  }

  /**
   * Settles once its load has answered so many more, so many of them from the persistent tier, and has heard of so many more
   * writes that are stored.
   */
  async goesOn({
    answers,
    hits = 0,
    acknowledged = 0,
  }: {
    answers: number;
    hits?: number;
    acknowledged?: number;
  }): Promise<void> {
    const before = { ...this.progress, acknowledged: this.acknowledged };
    const more = () => ({
      answers: this.progress.answers - before.answers,
      hits: this.progress.hits - before.hits,
      acknowledged: this.acknowledged - before.acknowledged,
    });
    try {
      await until(
        `${answers} more answers, ${hits} more hits and ${acknowledged} more acknowledged writes`,
        () => more().answers >= answers && more().hits >= hits && more().acknowledged >= acknowledged,
        patience,
      );
    } catch (error) {
      const came = `${more().answers}, ${more().hits} and ${more().acknowledged} came`;
      throw new Error(`${(error as Error).message}; ${came}; ${JSON.stringify(this.progress)}`);
    }
  }

  /** Lets the site store no more than so many bytes; without a number, what the browser allows by itself. */
  async limitStorage(quotaSize?: number): Promise<void> {
    await this.#toBrowser('Storage.overrideQuotaForOrigin', {
      origin: this.#origin,
      ...(quotaSize === undefined ? {} : { quotaSize }),
    });
  }

  /** Clears the site's databases, as the user can in the browser's settings. */
  async clearStorage(): Promise<void> {
    await this.#toBrowser('Storage.clearDataForOrigin', { origin: this.#origin, storageTypes: 'indexeddb' });
  }

  /** Ends the tab's process as a bug in it would. Settles once the browser has noticed. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash', { timeout: patience });
    // It has nobody left to answer.
    this.#toBrowser('Page.crash').catch(() => {});
    await crashed;
  }

  get #origin(): string {
    return new URL(this.page.url()).origin;
  }

  async #toBrowser(...message: Parameters<CDPSession['send']>): Promise<void> {
    // Kept: what a session has overridden ends with it.
    this.#session ??= this.page.context().newCDPSession(this.page);
    await (await this.#session).send(...message);
  }

  #call<Name extends keyof Faults>(
    name: Name,
    ...args: Parameters<Faults[Name]>
  ): Promise<Awaited<ReturnType<Faults[Name]>>> {
    const called = this.page.evaluate(
      ([method, parameters]) => {
        const faults = window.faults as unknown as Record<string, (...args: unknown[]) => unknown>;
        return faults[method]!(...parameters);
      },
      [name, args as unknown[]] as const,
    );
    return within(patience, `the tab's "${name}"`, called) as never;
  }

  #hear(message: Message): void {
    if (message.type === 'progress') this.#progress = message.progress;
    if (message.type === 'acknowledged') this.#acknowledged += message.numbers.length;
    this.#ledger.hear(message);
  }
}
