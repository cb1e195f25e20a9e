import type { Page } from 'playwright';
import type { KeepingOptions } from '../../packages/onnx/src/files/keptFile.js';
import type { ModelReference } from '../../packages/onnx/src/session/modelReference.js';
import type { ModelFilesPage } from '../e2e/pages/modelFiles.js';
import type { LoadOutcome } from '../e2e/pages/modelFiles.worker.js';
import type { Profile } from './browser.js';
import { until } from './until.js';

type Offered = keyof ModelFilesPage;
type Result<Name extends Offered> = ModelFilesPage[Name] extends (...given: never[]) => infer Value
  ? Awaited<Value>
  : never;

let nextName = 0;

/** A tab with the page of model files. */
export class FileTab {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(profile: Profile, site: string): Promise<FileTab> {
    const page = await profile.context.newPage();
    await page.goto(`${site}modelFiles.html`);
    await page.waitForFunction(() => 'modelFilesPage' in window);
    return new FileTab(page);
  }

  /** Calls a function of the page's. */
  tell<Name extends Offered>(name: Name, ...given: Parameters<ModelFilesPage[Name]>): Promise<Result<Name>> {
    return this.page.evaluate(
      ([name, given]) =>
        // biome-ignore lint/suspicious/noExplicitAny: the types are those of this function
        ((window as any).modelFilesPage[name] as (...given: unknown[]) => any)(...given),
      [name, given] as const,
    );
  }

  /** Begins a load in a new worker; gives the name to ask for it by. */
  async start(
    model: ModelReference,
    { keepVersions = 1, isKept = true, ...options }: LoadOptions = {},
  ): Promise<string> {
    const name = `load ${nextName++}`;
    const modelCache = isKept && { name: 'predcache-models', keepVersions };
    await this.tell('start', name, { model, modelCache, options });
    return name;
  }

  async load(model: ModelReference, options?: LoadOptions): Promise<LoadOutcome> {
    return this.tell('outcome', await this.start(model, options));
  }

  /** Begins a load and ends it once so many bytes are stored. */
  async loadUntilStored(model: ModelReference, size: number, end: 'kill' | 'abort' = 'kill'): Promise<void> {
    const name = await this.start(model);
    await until(`${size} bytes are stored`, async () =>
      (await this.tell('list')).some(({ storedSize }) => storedSize >= size),
    );
    await this.tell(end, name);
    if (end === 'abort') await this.tell('outcome', name);
  }

  /** Settles when what goes on after a load has ended: the model's record is written, and what is old is gone. */
  async untilTidied(condition: (urls: readonly string[]) => boolean): Promise<void> {
    await until('the store is tidied', async () => condition(await this.tell('urls')));
  }
}

export interface LoadOptions extends KeepingOptions {
  readonly keepVersions?: number;
  /** @default true */
  readonly isKept?: boolean;
}
