import type { BrowserContext, Page } from 'playwright';
import type { Outcome, SharingPage } from '../e2e/pages/sharing.js';

export interface SharingTabOptions {
  /** The page's address. */
  readonly url: string;
  /** The name that engines share by; '' is `share: true`. @default each tab has a worker of its own */
  readonly share?: string | undefined;
  /** Columns of the model's input. */
  readonly size: number;
}

/** A tab with an on-device engine. */
export class SharingTab {
  readonly page: Page;

  static async open(context: BrowserContext, { url, share, size }: SharingTabOptions): Promise<SharingTab> {
    const page = await context.newPage();
    const address = new URL(url);
    address.searchParams.set('size', String(size));
    if (share !== undefined) address.searchParams.set('share', share);
    await page.goto(address.href);
    await page.waitForFunction(() => 'sharingPage' in window);
    return new SharingTab(page);
  }

  constructor(page: Page) {
    this.page = page;
  }

  tell<Name extends keyof SharingPage>(
    name: Name,
    ...given: Parameters<SharingPage[Name]>
  ): Promise<Awaited<ReturnType<SharingPage[Name]>>> {
    return this.page.evaluate(
      ([method, parameters]) => {
        const { sharingPage } = window as unknown as {
          sharingPage: Record<string, (...args: unknown[]) => unknown>;
        };
        return sharingPage[method]!(...parameters);
      },
      [name, given as unknown[]] as const,
    ) as Promise<Awaited<ReturnType<SharingPage[Name]>>>;
  }

  /** Several calls in one go, their results unheard. */
  async tellAll(told: readonly (readonly [keyof SharingPage, ...unknown[]])[]): Promise<void> {
    await this.page.evaluate((told) => {
      const { sharingPage } = window as unknown as {
        sharingPage: Record<string, (...args: unknown[]) => unknown>;
      };
      for (const [name, ...given] of told) sharingPage[name]!(...given);
    }, told);
  }

  async predict(url: string, seed: number, rows = 1): Promise<Outcome> {
    const name = `predict ${Math.random()}`;
    await this.tell('ask', name, url, seed, rows);
    return this.tell('outcome', name);
  }

  /** Workers that run in this tab, by the browser's own account. */
  get workers(): number {
    return this.page.workers().length;
  }

  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash');
    this.page.goto('chrome://crash').catch(() => {});
    await crashed;
  }
}
