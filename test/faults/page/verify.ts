import type { Lost, Outlet, Verification, VerifyOptions } from './messages.js';
import { Subject } from './subject.js';

const atOnce = 250;
const predictionsAsked = 40;
/** What a look at the database does is not a write to be remembered. */
const nobody: Outlet = { tell: () => {}, grant: () => Promise.reject(new Error('Nothing is written here')) };

/** Compares what a tier that has just been opened says of itself with what is there, and that with what must be. */
export async function verify({ settings, upTo, owed }: VerifyOptions): Promise<Verification> {
  const subject = new Subject(settings, nobody);
  const usage = await subject.usage();
  const found = new Map<number, number>();
  for (let from = 0; from < upTo; from += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, upTo - from) }, (_, index) => from + index);
    for (const [index, entry] of (await subject.read(numbers)).entries())
      if (entry !== undefined) found.set(numbers[index]!, entry.size);
  }
  const missing = owed.filter((number) => !found.has(number));
  // What the tier finds must be what predictions find: some of the youngest, which are the likeliest to be lost.
  const asked = owed.filter((number) => found.has(number)).slice(-predictionsAsked);
  for (const number of asked) if ((await subject.predict(number)) !== 'indexeddb') missing.push(number);
  await subject.dispose();
  const lost: Lost[] = [];
  for (const number of missing) lost.push({ number, key: await subject.keyOf(number) });
  return {
    progress: subject.progress(),
    usage,
    found: { entries: found.size, bytes: [...found.values()].reduce((sum, size) => sum + size, 0) },
    lost,
  };
}
