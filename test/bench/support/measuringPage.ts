import type { Page } from 'playwright';

/** What a page offers to call as `window.measure`: functions of what can be sent to it, that give what can be sent back. */
type Measures = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Calls one of the functions that a page offers. */
export type Call<Offered extends Measures> = <Name extends keyof Offered & string>(
  name: Name,
  ...args: Parameters<Offered[Name]>
) => Promise<Awaited<ReturnType<Offered[Name]>>>;

/** Opens a page afresh: what an earlier one had in memory is gone. A call fails when the page reports an error meanwhile. */
export async function openMeasuringPage<Offered extends Measures>(
  page: Page,
  url: string,
): Promise<Call<Offered>> {
  await page.goto(url);
  await page.waitForFunction(() => 'measure' in window);
  return async (name, ...args) => {
    let fail: (error: Error) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    page.once('pageerror', fail);
    try {
      const given = page.evaluate(
        ([method, parameters]) => {
          const { measure } = window as unknown as {
            measure: Record<string, (...args: unknown[]) => unknown>;
          };
          return measure[method]!(...parameters);
        },
        [name, args as unknown[]] as const,
      );
      return (await Promise.race([given, failed])) as never;
    } finally {
      page.off('pageerror', fail);
    }
  };
}
